package io.w7s.sdk.servlet;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.internal.json.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;

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
    var body = new LinkedHashMap<String, Object>();
    body.put("ok", false);
    body.put("error", String.valueOf(getMessage()));
    Headers headers = Headers.of("content-type", "application/json");
    if (status == UNAVAILABLE) {
      headers = headers.with("retry-after", "1");
    }
    return new AppResponse(
        status, headers, JsonValues.write(body).getBytes(StandardCharsets.UTF_8));
  }

  /** A refusal is no defect: nobody looks for the place where it was thrown. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
