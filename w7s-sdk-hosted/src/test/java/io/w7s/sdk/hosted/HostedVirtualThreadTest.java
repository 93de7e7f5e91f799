package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7s;
import io.w7s.sdk.okhttp.RawServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Blocking calls give their virtual thread's carrier back while they wait. */
@Timeout(60)
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads come with JDK 21")
class HostedVirtualThreadTest {

  private static final int CALLS = 50;

  @TempDir private Path folder;

  /** Waits in its initializer, where no thread can be taken off its carrier. */
  private static final class Pinned {
    static final long WAITED;

    static {
      long start = System.nanoTime();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      WAITED = System.nanoTime() - start;
    }
  }

  @Test
  void aCallThatWaitsForItsResponsePinsNothing() throws Exception {
    try (RawServer platform = answeringAllAtOnce();
        W7s w7s = Shop.w7s(platform.url(""))) {
      calls(virtualThreads(), () -> w7s.rpc().call(Shop.SESSION)); // loads classes, which may pin

      List<RecordedEvent> pinned =
          recorded(() -> calls(virtualThreads(), () -> w7s.rpc().call(Shop.SESSION)));

      assertThat(platform.requests()).hasSize(2 * CALLS);
      assertThat(pinned).isEmpty();
    }
    assertThat(recorded(() -> calls(virtualThreads(), () -> Pinned.WAITED)))
        .as("that pinning would be seen")
        .isNotEmpty();
  }

  /** Answers nobody before everybody is there, so that every call has to wait. */
  private static RawServer answeringAllAtOnce() {
    var rounds = List.of(new CountDownLatch(CALLS), new CountDownLatch(CALLS));
    return RawServer.serving(
        connection -> {
          for (CountDownLatch round : rounds) {
            connection.request();
            round.countDown();
            try {
              round.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            connection.send(RawServer.ok("\"ann\""));
          }
          connection.awaitEnd();
        });
  }

  private static Void calls(ExecutorService threads, Callable<?> call) throws Exception {
    try {
      var under = new ArrayList<Future<?>>();
      for (int i = 0; i < CALLS; i++) {
        under.add(threads.submit(call));
      }
      for (Future<?> each : under) {
        each.get();
      }
      return null;
    } finally {
      threads.shutdown();
    }
  }

  /** By reflection, because the tests are compiled for JDK 17. */
  private static ExecutorService virtualThreads() throws Exception {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  private List<RecordedEvent> recorded(Callable<?> work) throws Exception {
    Path file = folder.resolve("pinned.jfr");
    try (var recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO).withStackTrace();
      recording.start();
      work.call();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file);
  }
}
