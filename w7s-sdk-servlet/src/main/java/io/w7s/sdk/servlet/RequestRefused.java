package io.w7s.sdk.servlet;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.internal.wire.AppRefusal;

/** A request that does not reach the app, and what its sender is told. */
final class RequestRefused extends Exception {

  private static final long serialVersionUID = 1L;
  private static final int UNAVAILABLE = 503;

  private final int status;

  /** Refuses a request with a status from 400 on, for a reason that the sender may read. */
  RequestRefused(int status, String reason) {
    super(reason);
    this.status = status;
  }

  int status() {
    return status;
  }

  /** Returns the response. */
  AppResponse response() {
    Headers headers = Headers.of("content-type", "application/json");
    if (status == UNAVAILABLE) {
      headers = headers.with("retry-after", "1");
    }
    return new AppResponse(status, headers, AppRefusal.toJson(getMessage()));
  }

  /** A refusal is no defect: nobody looks for the place where it was thrown. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
