package io.w7s.sdk.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.internal.http2.ConnectionShutdownException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of a request whose head could not be written. */
class DeliveryTrackerTest {

  private final Call call =
      new OkHttpClient().newCall(new Request.Builder().url("http://127.0.0.1/").build());
  private final DeliveryTracker tracker = new DeliveryTracker();

  private static Connection of(Protocol protocol) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> protocol);
  }

  /** In HTTP/2 the thread that reads writes, too, and takes along what is in the buffer. */
  @ParameterizedTest
  @CsvSource({"HTTP_1_1, false", "HTTP_2, true", "H2_PRIOR_KNOWLEDGE, true"})
  void onlyOneThreadWritesToAConnectionOfHttp1(Protocol protocol, boolean mayHaveBeenDelivered) {
    tracker.connectionAcquired(call, of(protocol));
    tracker.requestHeadersStart(call);
    tracker.requestFailed(call, new IOException("Broken pipe"));

    assertThat(tracker.mayHaveBeenDelivered()).isEqualTo(mayHaveBeenDelivered);
  }

  @Test
  void aConnectionThatWasShutDownBeforeHasDeliveredNothing() {
    tracker.connectionAcquired(call, of(Protocol.HTTP_2));
    tracker.requestHeadersStart(call);
    tracker.requestFailed(call, new ConnectionShutdownException());

    assertThat(tracker.mayHaveBeenDelivered()).isFalse();
  }
}
