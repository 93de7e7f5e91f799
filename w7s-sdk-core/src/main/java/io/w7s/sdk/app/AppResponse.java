package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.consumption.BatchReport;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An app's response to an {@link AppRequest}, independent of any server. The body is handed over,
 * not copied; apart from that immutable.
 */
public final class AppResponse {

  private final int status;
  private final Headers headers;
  private final byte[] body;
  private final List<HandlerFailure> failures;
  private final @Nullable BatchReport report;

  /**
   * Creates a response.
   *
   * @param status the HTTP status
   * @param headers the headers, {@code content-type} among them where there is a body
   * @param body the body; empty for none. Nothing of it is sent with status 204, 205 or 304, nor in
   *     response to HEAD: HTTP allows no body there
   */
  public AppResponse(int status, Headers headers, byte[] body) {
    this(status, headers, body, List.of(), null);
  }

  private AppResponse(
      int status,
      Headers headers,
      byte[] body,
      List<HandlerFailure> failures,
      @Nullable BatchReport report) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.failures = failures;
    this.report = report;
  }

  AppResponse withFailures(List<HandlerFailure> failures) {
    return new AppResponse(status, headers, body, List.copyOf(failures), report);
  }

  AppResponse withReport(BatchReport report) {
    return new AppResponse(status, headers, body, failures, report);
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the headers. */
  public Headers headers() {
    return headers;
  }

  /** Returns the body, not a copy of it; empty for none. */
  public byte[] body() {
    return body;
  }

  /**
   * Returns what went wrong in the app, with its exceptions; empty when nothing did. This is for
   * code in the same process, such as a test kit or a console: it is no part of the HTTP response,
   * and a server must not send it.
   */
  public List<HandlerFailure> failures() {
    return failures;
  }

  /**
   * Returns what became of each message of a delivery; empty for other requests, and for queues
   * that are consumed without {@link W7sApp.Builder#consumption}. Like the failures, it is for code
   * in the same process.
   */
  public Optional<BatchReport> report() {
    return Optional.ofNullable(report);
  }

  /** Returns whether the other has the same status, headers and body. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AppResponse response
        && status == response.status
        && headers.equals(response.headers)
        && Arrays.equals(body, response.body);
  }

  @Override
  public int hashCode() {
    return Objects.hash(status, headers, Arrays.hashCode(body));
  }

  /** Returns the status and the length of the body. The body is left out: it may be secret. */
  @Override
  public String toString() {
    return status + " with " + body.length + " bytes";
  }
}
