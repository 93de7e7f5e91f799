package io.w7s.sdk.servlet;

import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.internal.text.HeaderText;
import io.w7s.sdk.internal.text.ResponseBodies;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;

/** Responses of apps as containers take them. */
final class Responses {

  private static final int RESET_CONTENT = 205;
  private static final byte[] NONE = {};

  /** The connection is the container's. */
  private static final Set<String> CONTAINERS_OWN =
      Set.of("connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "date");

  private Responses() {}

  /** Writes status and headers. Returns the body that is to be written after them. */
  static byte[] writeHead(
      HttpServletRequest request, AppResponse response, HttpServletResponse http) {
    int status = response.status();
    http.setStatus(status);
    response
        .headers()
        .forEach(
            (name, value) -> {
              if (!CONTAINERS_OWN.contains(name)) {
                http.addHeader(name, HeaderText.toLatin1(value));
              }
            });
    if (ResponseBodies.isAllowed(status)) {
      http.setContentLength(response.body().length);
      return request.getMethod().equals("HEAD") ? NONE : response.body();
    }
    if (status == RESET_CONTENT) {
      http.setContentLength(0); // unlike 204 and 304 it does not end with its head
    }
    return NONE;
  }
}
