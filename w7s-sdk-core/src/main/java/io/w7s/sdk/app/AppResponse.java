package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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

  /**
   * Creates a response.
   *
   * @param status the HTTP status
   * @param headers the headers, {@code content-type} among them where there is a body
   * @param body the body; empty for none
   */
  public AppResponse(int status, Headers headers, byte[] body) {
    this(status, headers, body, List.of());
  }

  private AppResponse(int status, Headers headers, byte[] body, List<HandlerFailure> failures) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.failures = failures;
  }

  AppResponse withFailures(List<HandlerFailure> failures) {
    return new AppResponse(status, headers, body, List.copyOf(failures));
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
