package io.w7s.sdk.okhttp;

import io.w7s.sdk.Headers;
import io.w7s.sdk.internal.text.OneLine;
import io.w7s.sdk.internal.text.Secrets;
import io.w7s.sdk.spi.Outcome.NoResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes attempts to the log: one line each at DEBUG, and at TRACE also headers and the beginning
 * of bodies. Queries and secrets are never written, and no text from outside can break a line.
 */
final class AttemptLog {

  private static final Logger log = LoggerFactory.getLogger("io.w7s.sdk.http");

  private static final int SHOWN_BYTES = 1024;
  private static final int SHOWN_CHARACTERS = 500;

  /** The headers in which a platform, or the edge in front of it, gives its id of a request. */
  private static final List<String> REQUEST_IDS =
      List.of("x-w7s-request-id", "x-request-id", "cf-ray");

  private AttemptLog() {}

  /** Returns whether anything is logged at all. */
  static boolean isOn() {
    return log.isDebugEnabled();
  }

  static void sending(Exchange<?> exchange) {
    if (log.isTraceEnabled()) {
      Request http = exchange.http();
      Secrets secrets = exchange.secrets();
      var text = new StringBuilder();
      http.headers()
          .forEach(header -> append(text, header.getFirst(), header.getSecond(), secrets));
      log.trace(
          "{}: {} {}{}{}",
          operation(exchange),
          http.method(),
          exchange.where(),
          text,
          body(http.body(), secrets));
    }
  }

  /**
   * Logs a response.
   *
   * @param body null for a body that is read later
   */
  static void responded(
      Exchange<?> exchange, int status, Headers headers, byte @Nullable [] body, Duration took) {
    if (isOn()) {
      Secrets secrets = exchange.secrets().addHeaders(headers);
      log.debug(
          "{}: {} in {} ms{}",
          operation(exchange),
          status,
          took.toMillis(),
          requestId(headers)
              .map(id -> ", request " + secrets.line(id, SHOWN_CHARACTERS))
              .orElse(""));
      if (log.isTraceEnabled()) {
        var text = new StringBuilder();
        headers.forEach((name, value) -> append(text, name, value, secrets));
        text.append(body == null ? "" : body(body, secrets));
        log.trace("{}: {}{}", operation(exchange), status, text);
      }
    }
  }

  static void noResponse(Exchange<?> exchange, NoResponse<?> none, Duration took) {
    if (isOn()) {
      log.debug(
          "{}: no response in {} ms, {}, {}: {}",
          operation(exchange),
          took.toMillis(),
          none.failure(),
          none.mayHaveBeenDelivered() ? "may have been delivered" : "not delivered",
          none.message());
    }
  }

  private static String operation(Exchange<?> exchange) {
    return OneLine.of(
        exchange.operation().name() + " to " + exchange.operation().target(), SHOWN_CHARACTERS);
  }

  private static Optional<String> requestId(Headers headers) {
    return REQUEST_IDS.stream().flatMap(name -> headers.first(name).stream()).findFirst();
  }

  private static void append(StringBuilder text, String name, String value, Secrets secrets) {
    text.append("\n  ").append(name).append(": ");
    text.append(Secrets.isSecret(name) ? Secrets.HIDDEN : secrets.line(value, SHOWN_CHARACTERS));
  }

  private static String body(byte[] bytes, Secrets secrets) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return "\n  (" + bytes.length + " bytes) " + secrets.line(text, SHOWN_BYTES);
  }

  /** Does not read a stream, which belongs to the request. */
  private static String body(@Nullable RequestBody body, Secrets secrets) {
    return body != null && body.isOneShot() ? "\n  (a stream)" : body(bytes(body), secrets);
  }

  private static byte[] bytes(@Nullable RequestBody body) {
    var buffer = new Buffer();
    try {
      if (body != null) {
        body.writeTo(buffer);
      }
    } catch (IOException cannotBe) {
      throw new IllegalStateException("bodies are bytes", cannotBe);
    }
    return buffer.readByteArray();
  }
}
