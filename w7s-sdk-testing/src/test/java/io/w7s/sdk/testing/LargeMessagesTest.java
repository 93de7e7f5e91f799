package io.w7s.sdk.testing;

import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Messages that are larger than the platform allows, from the sender to the handler. */
class LargeMessagesTest {

  record Report(String title, String text) {}

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Report> REPORTS = WORKER.queue("reports", Report.class);
  private static final SubjectRef<Report> WRITTEN = SubjectRef.of("reports.written", Report.class);
  private static final Report LARGE = new Report("large", "all of it ".repeat(500_000));

  private final InMemoryW7s memory = InMemoryW7s.create();
  private final AtomicInteger reads = new AtomicInteger();
  private final BlobStore blobs =
      counting(BlobStore.inMemory(BlobStore.DEFAULT_MEMORY, memory.time()));
  private final List<String> handled = new CopyOnWriteArrayList<>();

  private BlobStore counting(BlobStore store) {
    return new BlobStore() {
      @Override
      public void put(BlobRef blob, byte[] bytes) {
        store.put(blob, bytes);
      }

      @Override
      public Optional<byte[]> get(BlobRef blob) {
        reads.incrementAndGet();
        return store.get(blob);
      }

      @Override
      public Duration expiry() {
        return store.expiry();
      }

      @Override
      public int sweep() {
        return store.sweep();
      }
    };
  }

  private W7s shop() {
    return memory.connect(new AppId("acme", "shop"), Environment.PRODUCTION).blobs(blobs).build();
  }

  private W7sApp.Builder app(String name) {
    return W7sApp.builder(AppRef.of(name)).blobs(blobs);
  }

  private void note(String app, Report report) {
    assertThat(report).isEqualTo(LARGE);
    handled.add(app);
  }

  @Test
  void aMessageOfFiveMegabytesArrivesAsAnyOther() {
    memory.deploy(
        app("acme/worker").on(REPORTS, message -> note("worker", message.body())).build());

    shop().queues().send(REPORTS, LARGE);
    memory.runUntilIdle();

    assertThat(handled).containsExactly("worker");
  }

  @Test
  void aMessageThatFailsIsReadAgain() {
    memory.deploy(
        app("acme/worker")
            .on(
                REPORTS,
                message -> {
                  note("attempt " + message.attempt(), message.body());
                  if (message.attempt() < 3) {
                    throw new IllegalStateException("not yet");
                  }
                })
            .build());

    shop().queues().send(REPORTS, LARGE);
    memory.runUntilIdle();

    assertThat(handled).containsExactly("attempt 1", "attempt 2", "attempt 3");
  }

  @Test
  void aMessageThatIsDelayedByADayFindsItsBody() {
    memory.deploy(
        app("acme/worker").on(REPORTS, message -> note("worker", message.body())).build());

    shop().queues().send(REPORTS, LARGE, send -> send.delay(Duration.ofDays(1)));
    blobs.sweep();
    memory.runUntilIdle();

    assertThat(handled).containsExactly("worker");
  }

  /** No subscriber deletes it, because another one may still have to read it. */
  @Test
  void anEventForFourIsReadFourTimesAlsoByOneThatIsTwelveHoursLate() {
    for (String name : List.of("mail", "stock", "audit")) {
      memory.deploy(
          app("acme/" + name).on(WRITTEN, "events", event -> note(name, event.data())).build());
    }
    memory.deploy(
        app("acme/late")
            .consumption(
                each ->
                    each.once(ProcessedMessages.inMemory(1_000, memory.time()))
                        .park(ParkedMessages.inMemory())
                        .retry(memory.as("acme/late").queues())
                        .time(memory.time()))
            .on(
                WRITTEN,
                "events",
                event -> {
                  if (event.attempt() == 1) {
                    throw Retry.after(ofHours(12));
                  }
                  note("late", event.data());
                })
            .build());

    shop().events().publish(WRITTEN, LARGE).orThrow();
    memory.advance(ofHours(11));
    blobs.sweep();
    assertThat(handled).containsExactlyInAnyOrder("mail", "stock", "audit");
    memory.advance(ofHours(2));

    assertThat(handled).containsExactlyInAnyOrder("mail", "stock", "audit", "late");
    assertThat(reads).hasValue(5); // the late one reads it in both of its attempts
  }
}
