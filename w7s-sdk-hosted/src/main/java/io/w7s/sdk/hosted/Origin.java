package io.w7s.sdk.hosted;

import io.w7s.sdk.internal.json.Excerpt;
import io.w7s.sdk.okhttp.Exchange;
import io.w7s.sdk.okhttp.Secrets;
import io.w7s.sdk.spi.Operation.RawResponse;
import java.nio.charset.StandardCharsets;
import okhttp3.Request;

/**
 * Where an answer came from, for a message.
 *
 * @param asked the request that it answers
 */
record Origin(Request asked) {

  static final String PLATFORM = "the platform";

  /** Returns the beginning of a text that came from there, without secrets that it repeats. */
  String excerpt(String text, int longest) {
    return Excerpt.of(Secrets.hide(asked, text), longest);
  }

  /** Returns whether an answer repeats the proof of who calls. */
  boolean isRepeatedBy(RawResponse answer) {
    String proof = String.valueOf(asked.header("authorization"));
    String token = proof.substring(proof.indexOf(' ') + 1);
    return new String(answer.body(), StandardCharsets.ISO_8859_1).contains(token);
  }

  @Override
  public String toString() {
    return Exchange.shown(PLATFORM, asked.url());
  }
}
