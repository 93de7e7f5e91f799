package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.Headers;
import java.io.IOException;

/**
 * A request that is refused, and what its sender is told. The handler's {@link HttpHandler#refusal}
 * makes the body of the response.
 */
public final class RequestRefused extends IOException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;
  private final Headers headers;

  /** Refuses a request with a status from 400 on, for a reason that the sender may read. */
  public RequestRefused(int status, String reason) {
    this(status, reason, Headers.none());
  }

  /** Refuses a request with headers beside the status and the reason. */
  public RequestRefused(int status, String reason, Headers headers) {
    super(reason);
    this.status = status;
    this.reason = reason;
    this.headers = headers;
  }

  int status() {
    return status;
  }

  String reason() {
    return reason;
  }

  Headers headers() {
    return headers;
  }

  /** A refusal is no defect: nobody looks for the place where it was thrown. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
