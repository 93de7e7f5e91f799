package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7s;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.fixtures.IsolatedSdk;
import io.w7s.sdk.okhttp.RawServer;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Class loaders with the SDK in them, as servers give one to each app. */
@Timeout(120)
class HostedClassLoadersTest {

  private static final int LOADERS = 5;

  /** An app that calls, waits between attempts, and ends. */
  public static final class App {
    public static void run(String url) throws Exception {
      try (W7s w7s = Shop.w7s(URI.create(url))) {
        w7s.rpc().call(Shop.SESSION);
        w7s.rpc().callAsync(Shop.SESSION).get();
      }
    }
  }

  /** An app that another class loader wants to find its transport. */
  public static final class Finding {
    public static void run(String url) {
      Shop.w7s(URI.create(url)).close();
    }
  }

  @Test
  void areCollectedAfterCloseWhenTheLibrariesThreadsHaveEnded() throws Exception {
    var loaders = new ArrayList<WeakReference<IsolatedSdk>>();
    var requests = new AtomicInteger();
    try (RawServer platform =
        RawServer.serving(
            connection -> {
              while (true) {
                connection.request();
                boolean busy = requests.getAndIncrement() % 2 == 0; // so each call is retried
                connection.send(busy ? Shop.answer(503, "", "") : RawServer.ok("\"ann\""));
              }
            })) {
      for (int i = 0; i < LOADERS; i++) {
        try (IsolatedSdk sdk = IsolatedSdk.open()) {
          sdk.run(App.class, platform.url("").toString());
          sdk.endIdleThreadsOfLibraries();
          loaders.add(new WeakReference<>(sdk));
        }
      }
    }
    IsolatedSdk.forgetComparedRecords();

    assertThat(requests).hasValue(4 * LOADERS);
    assertThat(IsolatedSdk.left(loaders)).isZero();
  }

  @Test
  void withoutServiceFilesAreToldWhatToDo() throws Exception {
    try (IsolatedSdk sdk = IsolatedSdk.withoutServiceFiles()) {
      assertThatThrownBy(() -> sdk.run(Finding.class, "http://localhost"))
          .hasToString(
              ConfigurationException.class.getName()
                  + ": No transport for mode hosted (explicit setting): "
                  + HostedTransportProvider.class.getName()
                  + " is in "
                  + HostedTransport.class.getProtectionDomain().getCodeSource().getLocation()
                  + ", but no file META-INF/services/io.w7s.sdk.spi.TransportProvider names it."
                  + " Where jars are merged into one, their service files have to be merged too:"
                  + " use the ServicesResourceTransformer of the Maven Shade plugin, or"
                  + " mergeServiceFiles() of Gradle's Shadow plugin. Or hand a transport to"
                  + " W7s.builder(config).transport(...).");
    }
  }

  @Test
  void withAnotherCopyOfTheSdkAreLeftOut() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (IsolatedSdk other = IsolatedSdk.open();
        RawServer platform = RawServer.answering(RawServer.ok("\"ann\""))) {
      thread.setContextClassLoader(other);
      try (W7s w7s = Shop.w7s(platform.url(""))) {
        assertThat(w7s.rpc().call(Shop.SESSION)).isEqualTo("ann");
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
