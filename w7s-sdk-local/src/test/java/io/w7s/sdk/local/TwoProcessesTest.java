package io.w7s.sdk.local;

import static io.w7s.sdk.local.EchoWorker.ECHOES;
import static io.w7s.sdk.local.EchoWorker.NUMBERS;
import static io.w7s.sdk.local.EchoWorker.SHOP;
import static io.w7s.sdk.local.EchoWorker.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.Delivery;
import io.w7s.sdk.emulator.PlatformListener;
import io.w7s.sdk.emulator.QueuedMessage;
import io.w7s.sdk.okhttp.ClosedPort;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages between two JVMs, one of which does not live as long as the test. */
@Timeout(120)
class TwoProcessesTest {

  private final URI url = ClosedPort.url("/worker");
  private final List<Process> started = new ArrayList<>();

  @TempDir private Path folder;
  private Path diary;
  private Path silence;

  @BeforeEach
  void emptyDiary() throws IOException {
    diary = Files.createFile(folder.resolve("numbers"));
    silence = Files.writeString(folder.resolve("silence.xml"), "<configuration/>");
  }

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly);
  }

  private W7sConfig config() {
    return W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app(SHOP).localApp(WORKER, url).build();
  }

  @Test
  void twentyThousandMessagesAreExchangedAndNoneIsLost() throws Exception {
    int each = 10_000;
    Set<Integer> back = ConcurrentHashMap.newKeySet();
    var all = new CountDownLatch(each);
    W7sApp shop =
        W7sApp.builder(SHOP.toString())
            .on(
                ECHOES,
                message -> {
                  if (back.add(message.body())) {
                    all.countDown();
                  }
                })
            .build();
    try (LocalAppServer server = LocalAppServer.start(shop);
        Worker worker = worker(server.url().toString());
        W7s w7s = W7s.of(config())) {
      worker.awaitLine(EchoWorker.SERVES);
      for (int i = 0; i < each; i++) {
        w7s.queues().send(NUMBERS, i);
      }
      assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(back).isEqualTo(upTo(each));
    assertThat(EchoWorker.numbers(diary)).isEqualTo(upTo(each));
  }

  @Test
  void allArriveThoughTheirReceiverIsKilledMidwayAndStartedAgain() throws Exception {
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
      try (Worker worker = worker()) {
        worker.awaitLine(EchoWorker.SERVES);
        for (int i = 0; i < messages; i++) {
          w7s.queues().send(NUMBERS, i);
        }
        worker.awaitLine(EchoWorker.HAD_A_THOUSAND);
      }
      assertThat(acknowledged.getCount()).as("left for the one to come").isPositive();
      try (Worker worker = worker()) {
        worker.awaitLine(EchoWorker.SERVES);
        assertThat(acknowledged.await(60, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(transport.platform().queues().deadLetters()).isEmpty();
    }
    assertThat(EchoWorker.numbers(diary)).isEqualTo(upTo(messages));
  }

  private record Acknowledgements(CountDownLatch latch) implements PlatformListener {
    @Override
    public void delivered(List<QueuedMessage> batch, Delivery delivery) {
      if (delivery.outcome() == Delivery.Outcome.DONE) {
        batch.forEach(message -> latch.countDown());
      }
    }
  }

  private static Set<Integer> upTo(int count) {
    return IntStream.range(0, count).boxed().collect(Collectors.toSet());
  }

  /** A process, and what it says. */
  private record Worker(Process process, BufferedReader said) implements AutoCloseable {

    void awaitLine(String line) throws IOException {
      String read = said.readLine();
      while (read != null && !read.equals(line)) {
        read = said.readLine();
      }
      assertThat(read).isEqualTo(line);
    }

    /** Kills it: it does not get to finish anything. */
    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  private Worker worker(String... more) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // it does not live long
                "-Dlogback.configurationFile=" + silence,
                "-cp",
                classPath(),
                EchoWorker.class.getName(),
                String.valueOf(url.getPort()),
                diary.toString()));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    started.add(process);
    return new Worker(process, process.inputReader());
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
