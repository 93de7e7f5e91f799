package io.w7s.sdk.testing.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.spi.MessageStore;
import io.w7s.sdk.spi.MessageStore.KeptQueue;
import io.w7s.sdk.spi.MessageStore.Message;
import io.w7s.sdk.spi.MessageStore.Queue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every store of queued messages must do. A test of an implementation extends it:
 *
 * <pre>{@code
 * class FileMessageStoreTest extends MessageStoreContract {
 *   @Override protected MessageStore store() { return store; }
 *   @Override protected MessageStore reopened() { store.close(); store = open(file); return store; }
 * }
 * }</pre>
 *
 * <p>The store may hold messages of earlier tests: each test uses an app of its own.
 */
public abstract class MessageStoreContract {

  private static final Instant SENT = Instant.parse("2026-05-25T12:00:00.123Z");
  private static final int THREADS = 8;

  private final Queue jobs =
      new Queue(AppId.parse("acme/" + UUID.randomUUID()), Environment.PRODUCTION, "jobs");

  /** For the class that extends this. */
  protected MessageStoreContract() {}

  /** Returns the store, the same within a test unless it was opened again. */
  protected abstract MessageStore store();

  /** Closes the store and opens it again, as the next process does; returns it. */
  protected abstract MessageStore reopened();

  private static String id(int number) {
    return HexFormat.of().toHexDigits(0L) + HexFormat.of().toHexDigits((long) number);
  }

  private static Message message(int number, int attempts, Instant availableAt) {
    byte[] body = ("\"body " + number + "\"").getBytes(UTF_8);
    return new Message(id(number), attempts, SENT, availableAt, null, body);
  }

  private static Message message(int number) {
    return message(number, 1, SENT);
  }

  private void declare() {
    store().declare(jobs, "/_w7s/queues/jobs");
  }

  @Test
  void aMessageIsKeptWithAllThatItHas() {
    declare();
    Caller caller = new Caller(AppId.parse("acme/shop"), Environment.of("feature-x"));
    byte[] body = new byte[64 << 10];
    new Random(1).nextBytes(body);
    store().save(jobs, List.of(new Message(id(7), 3, SENT, SENT.plusSeconds(60), caller, body)));

    List<Message> kept = reopened().load(jobs);

    assertThat(kept).hasSize(1);
    assertThat(kept.get(0))
        .usingRecursiveComparison()
        .isEqualTo(new Message(id(7), 3, SENT, SENT.plusSeconds(60), caller, body));
  }

  @Test
  void aMessageWithoutACallerIsKept() {
    declare();
    store().save(jobs, List.of(message(1)));

    assertThat(reopened().load(jobs)).singleElement().extracting(Message::caller).isNull();
  }

  @Test
  void aMessageThatComesAgainReplacesWhatWasKept() {
    declare();
    store().save(jobs, List.of(message(1)));
    store().save(jobs, List.of(message(1, 2, SENT.plusSeconds(10))));

    assertThat(reopened().load(jobs))
        .singleElement()
        .satisfies(
            kept -> {
              assertThat(kept.attempts()).isEqualTo(2);
              assertThat(kept.availableAt()).isEqualTo(SENT.plusSeconds(10));
            });
  }

  @Test
  void aMessageIsNeverAvailableEarly() {
    declare();
    Instant availableAt = SENT.plusNanos(1);
    store().save(jobs, List.of(message(1, 1, availableAt)));

    assertThat(reopened().load(jobs).get(0).availableAt())
        .isBetween(availableAt, SENT.plusMillis(1));
  }

  @Test
  void aRemovedMessageIsForgottenAndItsNeighboursAreNot() {
    declare();
    store().save(jobs, List.of(message(1), message(2), message(3)));
    store().remove(jobs, List.of(id(1), id(3)));
    store().remove(jobs, List.of(id(3), id(4)));

    assertThat(reopened().load(jobs)).extracting(Message::id).containsExactly(id(2));
  }

  @Test
  void queuesAreKeptApart() {
    Queue other = new Queue(jobs.app(), jobs.environment(), "other");
    Queue branch = new Queue(jobs.app(), Environment.of("branch"), "jobs");
    List<Queue> queues = List.of(jobs, other, branch);
    for (Queue queue : queues) {
      store().declare(queue, "/" + queue.name());
      store().save(queue, List.of(message(1, queues.indexOf(queue) + 1, SENT)));
    }
    store().remove(other, List.of(id(1)));

    MessageStore store = reopened();

    assertThat(store.load(jobs)).extracting(Message::attempts).containsExactly(1);
    assertThat(store.load(other)).isEmpty();
    assertThat(store.load(branch)).extracting(Message::attempts).containsExactly(3);
  }

  @Test
  void theQueuesWithMessagesAreKnownWithTheirLastConsumers() {
    Queue empty = new Queue(jobs.app(), jobs.environment(), "empty");
    store().declare(jobs, "/first");
    store().declare(jobs, "/second");
    store().declare(empty, "/empty");
    store().save(jobs, List.of(message(1), message(2)));

    List<KeptQueue> queues =
        reopened().queues().stream().filter(kept -> kept.queue().app().equals(jobs.app())).toList();

    assertThat(queues).containsExactly(new KeptQueue(jobs, "/second", 2));
  }

  @Test
  void aQueueThatNobodyKnowsHasNoMessages() {
    assertThat(store().load(jobs)).isEmpty();
    store().save(jobs, List.of());
    store().remove(jobs, List.of());
  }

  @Test
  void manyThreadsLoseNothing() throws Exception {
    declare();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Boolean>> senders = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int from = thread * 100;
        senders.add(
            () -> {
              for (int i = from; i < from + 20; i++) {
                store().save(jobs, List.of(message(i)));
                if (i % 2 == 0) {
                  store().remove(jobs, List.of(id(i)));
                }
              }
              return true;
            });
      }
      for (Future<Boolean> sender : threads.invokeAll(senders)) {
        assertThat(sender.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(reopened().load(jobs)).hasSize(THREADS * 10);
  }
}
