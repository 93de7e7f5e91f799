package io.w7s.sdk.internal.wire;

import io.w7s.sdk.internal.json.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response with which an app, or what stands before it, refuses a request. Its shape
 * is another one than the platform's, so that callers can tell which it is.
 */
public final class AppRefusal {

  private AppRefusal() {}

  /** Returns {@code {"ok":false,"error":"reason"}}. */
  public static byte[] toJson(@Nullable String reason) {
    var body = new LinkedHashMap<String, @Nullable Object>();
    body.put("ok", false);
    body.put("error", reason);
    return JsonValues.write(body).getBytes(StandardCharsets.UTF_8);
  }
}
