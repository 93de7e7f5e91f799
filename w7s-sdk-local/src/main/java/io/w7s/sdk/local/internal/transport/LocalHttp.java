package io.w7s.sdk.local.internal.transport;

import io.w7s.sdk.AppId;
import io.w7s.sdk.internal.config.LocalSetting;
import io.w7s.sdk.local.internal.transport.LocalSignature.AppPath;
import io.w7s.sdk.okhttp.Exchange;
import io.w7s.sdk.okhttp.HttpAttempts;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import okhttp3.Protocol;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** The HTTP client for apps on this machine. */
public final class LocalHttp {

  /** The largest response body that is read: 10 MiB. */
  public static final int MAX_RESPONSE_BYTES = 10 * 1024 * 1024;

  /** Less than the 5 s after which a Node.js server, such as w7s-local, closes an idle one. */
  private static final Duration MAX_IDLE = Duration.ofSeconds(4);

  private LocalHttp() {}

  /**
   * Returns a new client.
   *
   * @param secrets sign what it sends; null for no signatures
   * @param time the clock of the signatures
   * @param attempts measures attempts for the log
   */
  public static HttpAttempts open(
      @Nullable SigningSecrets secrets, TimeSource time, TimeSource attempts) {
    return HttpAttempts.ofOwnClient(
        "w7s-local",
        MAX_IDLE,
        client -> {
          if (secrets != null) {
            client.addInterceptor(new LocalSignature(secrets, time));
          }
          return client.protocols(List.of(Protocol.HTTP_1_1));
        },
        attempts,
        MAX_RESPONSE_BYTES);
  }

  /**
   * Returns an exchange with an app. Its messages say what to change when the app is down.
   *
   * @param path the path that the app sees
   */
  static <R> Exchange<R> exchange(
      Operation<R> operation,
      Request.Builder http,
      AppId app,
      String path,
      Function<RawResponse, Outcome<R>> reader) {
    return new Exchange<>(
        operation,
        http.tag(AppPath.class, new AppPath(path)).build(),
        app.toString(),
        reader,
        () -> ": start it there, or set " + LocalSetting.URL.names(app));
  }
}
