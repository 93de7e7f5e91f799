package io.w7s.sdk.local;

import io.w7s.sdk.okhttp.HttpAttempts;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import okhttp3.Protocol;

/** How local apps are reached over HTTP. */
final class LocalHttp {

  static final int MOST_BODY_BYTES = 10 * 1024 * 1024;

  /** Less than the 5 s after which a Node.js server, such as w7s-local, closes an idle one. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(4);

  private LocalHttp() {}

  static HttpAttempts open(TimeSource time) {
    return HttpAttempts.ofOwnClient(
        "w7s-local",
        LONGEST_IDLE,
        client -> client.protocols(List.of(Protocol.HTTP_1_1)),
        time,
        MOST_BODY_BYTES);
  }
}
