package io.w7s.sdk.local;

import static io.w7s.sdk.local.EchoWorker.ECHOES;
import static io.w7s.sdk.local.EchoWorker.NUMBERS;
import static io.w7s.sdk.local.EchoWorker.SHOP;
import static io.w7s.sdk.local.EchoWorker.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.PlatformListener;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.okhttp.ClosedPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages between two JVMs, one of which is killed during the test. */
@Timeout(120)
class TwoProcessesTest {

  private final URI url = ClosedPort.url("/worker");

  @TempDir private Path folder;
  private Path received;

  @BeforeEach
  void createFile() throws IOException {
    received = Files.createFile(folder.resolve("numbers"));
  }

  private W7sConfig config() {
    return W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app(SHOP).localApp(WORKER, url).build();
  }

  @Test
  void exchangesTwentyThousandMessagesWithoutLoss() throws Exception {
    int each = 10_000;
    Set<Integer> back = ConcurrentHashMap.newKeySet();
    var all = new CountDownLatch(each);
    W7sApp shop =
        W7sApp.builder(new AppRef(SHOP))
            .on(
                ECHOES,
                message -> {
                  if (back.add(message.body())) {
                    all.countDown();
                  }
                })
            .build();
    try (LocalAppServer server = LocalAppServer.start(shop);
        OtherProcess worker = worker(server.url().toString());
        W7s w7s = W7s.of(config())) {
      worker.awaitLine(EchoWorker.SERVES);
      for (int i = 0; i < each; i++) {
        w7s.queues().send(NUMBERS, i);
      }
      assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(back).isEqualTo(upTo(each));
    assertThat(EchoWorker.numbers(received)).isEqualTo(upTo(each));
  }

  @Test
  void deliversAllToAReceiverThatIsKilledAndRestarted() throws Exception {
    int messages = 20_000;
    var acknowledged = new CountDownLatch(messages);
    LocalTransport transport =
        LocalTransport.builder(config())
            .platform(
                settings ->
                    settings
                        .queueDefaults(
                            LocalTransport.QUEUES
                                .withMaxRetries(1_000)
                                .withRetryDelay(Duration.ofSeconds(1)))
                        .listener(new Acknowledgements(acknowledged)))
            .build();
    try (W7s w7s = W7s.builder(config()).transport(transport).build()) {
      try (OtherProcess worker = worker()) {
        worker.awaitLine(EchoWorker.SERVES);
        for (int i = 0; i < messages; i++) {
          w7s.queues().send(NUMBERS, i);
        }
        worker.awaitLine(EchoWorker.RECEIVED_A_THOUSAND);
      }
      assertThat(acknowledged.getCount()).as("left for the next worker").isPositive();
      try (OtherProcess worker = worker()) {
        worker.awaitLine(EchoWorker.SERVES);
        assertThat(acknowledged.await(60, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(transport.platform().queues().deadLetters()).isEmpty();
    }
    assertThat(EchoWorker.numbers(received)).isEqualTo(upTo(messages));
  }

  private record Acknowledgements(CountDownLatch latch) implements PlatformListener {
    @Override
    public void delivered(List<QueuedMessage> batch, DeliveryResult delivery) {
      if (delivery.status() == DeliveryResult.Status.DONE) {
        batch.forEach(message -> latch.countDown());
      }
    }
  }

  private static Set<Integer> upTo(int count) {
    return IntStream.range(0, count).boxed().collect(Collectors.toSet());
  }

  private OtherProcess worker(String... more) throws IOException {
    var arguments = new ArrayList<>(List.of(String.valueOf(url.getPort()), received.toString()));
    arguments.addAll(List.of(more));
    return OtherProcess.start(folder, EchoWorker.class, arguments.toArray(String[]::new));
  }
}
