package io.w7s.sdk.hosted;

import io.w7s.sdk.internal.text.Secrets;
import io.w7s.sdk.okhttp.Exchange;
import io.w7s.sdk.spi.Operation.RawResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import okhttp3.Request;

/**
 * Where a response comes from, for messages.
 *
 * @param server what messages call the server
 * @param request the request that it belongs to
 */
record ResponseOrigin(String server, Request request) {

  private static final List<String> HTML = List.of("text/html", "text/*", "*/*", "xhtml");

  /** The most of a body that is searched for the token; pages that repeat requests are short. */
  private static final int SEARCHED_BYTES = 4 * 1024;

  /** Returns the beginning of a text of the response, on one line and without secrets. */
  String excerpt(String text, int longest) {
    return Exchange.secrets(request).line(text, longest);
  }

  /** Returns a response without the secrets of the request that its body repeats. */
  RawResponse withoutSecrets(RawResponse response) {
    String body = new String(response.body(), StandardCharsets.UTF_8);
    byte[] hidden = Exchange.secrets(request).hide(body).getBytes(StandardCharsets.UTF_8);
    return new RawResponse(response.status(), response.headers(), hidden);
  }

  /** Returns whether a response repeats the token, which the platform does not pass on. */
  boolean repeatsToken(RawResponse response) {
    String proof = request.header("authorization");
    if (proof == null) {
      return false; // the bridge has the token
    }
    byte[] body = response.body();
    String text =
        new String(body, 0, Math.min(body.length, SEARCHED_BYTES), StandardCharsets.UTF_8);
    return new Secrets().addHeader("authorization", proof).isIn(text);
  }

  /** Returns whether the caller accepts a page. */
  boolean acceptsHtml() {
    return request.headers("accept").stream()
        .map(accept -> accept.toLowerCase(Locale.ROOT))
        .anyMatch(accept -> HTML.stream().anyMatch(accept::contains));
  }

  /** Returns the server and the URL; not the request, which holds secrets. */
  @Override
  public String toString() {
    return Exchange.shown(server, request.url());
  }
}
