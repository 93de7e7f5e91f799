package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.text.ResponseBodies;
import io.w7s.sdk.internal.wire.AppRefusal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpDateGenerator;

/** Responses as handlers make them and as HttpCore writes them. */
public final class Responses {

  private static final Set<String> SERVERS_OWN =
      Set.of("connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "date");

  /** HttpCore knows the words for all statuses below. */
  private static final int NO_REASON_PHRASE = 600;

  private static final int RESET_CONTENT = 205;

  private Responses() {}

  /** Returns a response of JSON values; maps keep their order. */
  public static AppResponse json(int status, Map<String, ?> body) {
    return json(status, JsonValues.write(body).getBytes(StandardCharsets.UTF_8));
  }

  private static AppResponse json(int status, byte[] body) {
    return new AppResponse(status, Headers.of("content-type", "application/json"), body);
  }

  /** Returns the refusal of an app, {@code {"ok":false,"error":"reason"}}. */
  public static AppResponse appRefusal(int status, String reason) {
    return json(status, AppRefusal.toJson(reason));
  }

  /**
   * Returns what HttpCore writes.
   *
   * @param last whether the connection ends with this response
   */
  static ClassicHttpResponse toHttp(AppResponse response, boolean last) {
    int status = response.status();
    var http = new BasicClassicHttpResponse(status, status < NO_REASON_PHRASE ? null : "");
    response
        .headers()
        .forEach(
            (name, value) -> {
              if (!SERVERS_OWN.contains(name)) {
                http.addHeader(name, value);
              }
            });
    http.addHeader("date", HttpDateGenerator.INSTANCE.getCurrentDate());
    if (last) {
      http.addHeader("connection", "close");
    }
    if (ResponseBodies.isAllowed(status)) {
      http.addHeader("content-length", response.body().length);
      http.setEntity(new ByteArrayEntity(response.body(), null));
    } else if (status == RESET_CONTENT) {
      http.addHeader("content-length", 0); // unlike 204 and 304 it does not end with its head
    }
    return http;
  }
}
