package io.w7s.sdk.local;

import static io.w7s.sdk.local.DyingRouter.CREATED;
import static io.w7s.sdk.local.DyingRouter.ROUTER;
import static io.w7s.sdk.local.DyingRouter.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.retry.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A router process that dies while it routes an event, and the one that replaces it. */
@Timeout(120)
class DyingRouterTest {

  private static final int NEVER = Integer.MAX_VALUE;

  private final URI url = ClosedPort.url("/router");
  private final List<OtherProcess> started = new ArrayList<>();
  private final Set<String> reached = ConcurrentHashMap.newKeySet();
  private final CountDownLatch all = new CountDownLatch(2);

  @TempDir private Path folder;

  @AfterEach
  void endAll() throws InterruptedException {
    for (OtherProcess router : started) {
      router.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void losesNoSubscriberWhenTheRouterDies(int sends) throws Exception {
    try (RawServer subscribers = subscribers();
        W7s shop = W7s.of(config())) {
      OtherProcess first = router(subscribers, sends);
      assertThatThrownBy(() -> publish(shop))
          .isInstanceOfSatisfying(
              TransportException.class, none -> assertThat(none.mayHaveBeenDelivered()).isTrue());
      assertThat(first.process().waitFor()).isEqualTo(DyingRouter.ENDED);

      router(subscribers, NEVER);
      PublishReceipt receipt = publish(shop);

      assertThat(receipt.complete()).isTrue();
      assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(reached).containsExactlyInAnyOrder("/audit", "/mail");
    }
  }

  private static PublishReceipt publish(W7s shop) {
    return shop.events()
        .publish(CREATED, "o1", publish -> publish.id("evt-1").retry(RetryPolicy.none()));
  }

  private W7sConfig config() {
    return W7sConfig.builder()
        .mode(W7sConfig.Mode.LOCAL)
        .app(SHOP)
        .eventRouter(ROUTER)
        .localApp(ROUTER, url)
        .build();
  }

  private RawServer subscribers() {
    return RawServer.serving(
        connection -> {
          while (true) {
            RawServer.Request request = connection.request();
            String line = request.line();
            if (request.body().contains("\"id\":\"evt-1\"")
                && reached.add(line.substring("POST ".length(), line.indexOf("/_w7s/")))) {
              all.countDown();
            }
            connection.send(RawServer.ok(""));
          }
        });
  }

  /** Starts a process, and returns when it serves. */
  private OtherProcess router(RawServer subscribers, int sends) throws IOException {
    OtherProcess router =
        OtherProcess.start(
            folder,
            DyingRouter.class,
            String.valueOf(url.getPort()),
            subscribers.url("").toString(),
            String.valueOf(sends));
    started.add(router);
    router.awaitLine(DyingRouter.SERVES);
    return router;
  }
}
