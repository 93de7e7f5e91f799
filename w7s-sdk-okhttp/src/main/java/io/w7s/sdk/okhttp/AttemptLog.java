package io.w7s.sdk.okhttp;

import io.w7s.sdk.Headers;
import io.w7s.sdk.internal.json.Excerpt;
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
 * Attempts as a reader of the log sees them: at DEBUG one line each, at TRACE headers and the
 * beginning of bodies, too. Queries and the values of secret headers are not shown at all.
 */
final class AttemptLog {

  private static final Logger log = LoggerFactory.getLogger("io.w7s.sdk.http");

  private static final int SHOWN_BYTES = 1024;

  /** Where a platform, or the edge in front of it, says under which name it knows a request. */
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
      var text = new StringBuilder();
      http.headers().forEach(header -> append(text, header.getFirst(), header.getSecond()));
      log.trace(
          "{}: {} {}{}{}",
          called(exchange),
          http.method(),
          exchange.where(),
          text,
          body(bytes(http.body())));
    }
  }

  /**
   * Logs an answer.
   *
   * @param body null for one that is read later
   */
  static void answered(
      Exchange<?> exchange, int status, Headers headers, byte @Nullable [] body, Duration took) {
    if (isOn()) {
      log.debug(
          "{}: {} in {} ms{}",
          called(exchange),
          status,
          took.toMillis(),
          requestId(headers).map(id -> ", request " + Excerpt.of(id)).orElse(""));
    }
    if (log.isTraceEnabled()) {
      var text = new StringBuilder();
      headers.forEach((name, value) -> append(text, name, value));
      text.append(body == null ? "" : body(body));
      log.trace(
          "{}: {}{}", called(exchange), status, Secrets.hide(exchange.http(), text.toString()));
    }
  }

  static void unanswered(Exchange<?> exchange, NoResponse<?> none, Duration took) {
    if (isOn()) {
      log.debug(
          "{}: no answer in {} ms, {}, {}: {}",
          called(exchange),
          took.toMillis(),
          none.failure(),
          none.mayHaveBeenDelivered() ? "may have been delivered" : "not delivered",
          none.message());
    }
  }

  private static String called(Exchange<?> exchange) {
    return exchange.operation().name() + " to " + exchange.operation().target();
  }

  private static Optional<String> requestId(Headers headers) {
    return REQUEST_IDS.stream().flatMap(name -> headers.first(name).stream()).findFirst();
  }

  private static void append(StringBuilder text, String name, String value) {
    text.append("\n  ").append(name).append(": ");
    text.append(Secrets.isSecret(name) ? Secrets.HIDDEN : value);
  }

  private static String body(byte[] bytes) {
    String shown =
        new String(bytes, 0, Math.min(bytes.length, SHOWN_BYTES), StandardCharsets.UTF_8);
    return "\n  (" + bytes.length + " bytes) " + Excerpt.of(shown, SHOWN_BYTES);
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
