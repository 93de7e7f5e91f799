package io.w7s.sdk.app;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.w7s.sdk.SteppedTime;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendOptions;
import io.w7s.sdk.queue.SendReceipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Random histories: messages that succeed, fail, are rejected or ask for a wait; batches that come
 * again, twice or in another order; and processes that die before or after any access to a store,
 * any send and any handler. Whatever happens, each message is finished once or parked once.
 */
class ConsumptionModelTest extends AppRequests {

  private static final int HISTORIES = Integer.getInteger("w7s.histories", 100_000);
  private static final String QUEUE = "acme/worker/jobs";
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(W7sApp.class);

  private static final JsonCodec CODEC = JacksonCodec.create();

  private static @Nullable Level level;

  @BeforeAll
  static void logNothing() {
    level = LOG.getLevel();
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOG.setLevel(level);
  }

  @Test
  void eachMessageFinishesOnceOrIsParkedOnce() {
    int deaths = 0;
    int parked = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      var history = new History(seed);
      history.run();
      history.check();
      deaths += history.deaths;
      parked += history.parkedInTheEnd;
    }
    // The histories are not all peaceful ones.
    assertThat(deaths).isGreaterThan(HISTORIES / 10);
    assertThat(parked).isGreaterThan(HISTORIES / 10);
  }

  /** The process dies. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** What the handler does with a message, attempt by attempt; the last goes on forever. */
  private enum Step {
    SUCCEED,
    FAIL,
    REJECT,
    RETRY_LATER
  }

  private static final List<Step> STEPS = List.of(Step.values());

  /** A batch on the platform. */
  private record Batch(List<String> ids, List<String> bodies, int attempt, Duration due) {}

  private static final class History {

    private final int seed;
    private final Random random;
    private final SteppedTime time = new SteppedTime();
    private final ProcessedMessages processed = ProcessedMessages.inMemory(1_000, time);
    private final ParkedMessages parked = ParkedMessages.inMemory();
    private final SentMessages sent = new SentMessages();
    private final Map<String, List<Step>> scripts = new HashMap<>();
    private final Map<String, Integer> finished = new HashMap<>();
    private final Map<String, Integer> diedBeforeTheMark = new HashMap<>();
    private final List<Batch> platform = new ArrayList<>();
    private final W7sApp app;
    private int idOfNext;
    private int deaths;
    private int parkedInTheEnd;

    /** Whether the process may die now. */
    private boolean mayDie;

    private boolean isDead;

    private double deathRate;

    /** The message whose handler has returned, until that is marked. */
    private @Nullable String handledLast;

    History(int seed) {
      this.seed = seed;
      this.random = new Random(seed);
      boolean retries = random.nextBoolean();
      var store =
          new AroundProcessedMessages(processed, this::maybeDie, this::maybeDie) {
            @Override
            public boolean complete(Claim claim) {
              boolean done = super.complete(claim);
              handledLast = null;
              return done;
            }
          };
      var parkedStore = new AroundParkedMessages(parked, this::maybeDie, this::maybeDie);
      app =
          worker()
              .codec(CODEC)
              .consumption(
                  each -> {
                    each.once(store).park(parkedStore).time(time);
                    if (retries) {
                      each.retry(new DyingClient());
                    }
                  })
              .on(COUNTS, this::handle)
              .build();
      deathRate = random.nextInt(3) == 0 ? 0 : 0.08;
    }

    /** Dies now and then. A process that has died does nothing more, whoever catches what. */
    private void maybeDie() {
      if (isDead) {
        throw new Death();
      }
      if (mayDie && random.nextDouble() < deathRate) {
        isDead = true;
        deaths++;
        if (handledLast != null) {
          diedBeforeTheMark.merge(handledLast, 1, Integer::sum);
        }
        throw new Death();
      }
    }

    private void handle(QueueMessage<Count> message) throws Exception {
      maybeDie();
      List<Step> script = scripts.get(message.id());
      Step step = script.size() > 1 ? script.remove(0) : script.get(0);
      switch (step) {
        case FAIL -> throw new IllegalStateException("fails");
        case REJECT -> throw Reject.permanently("never");
        case RETRY_LATER -> throw Retry.after(ofSeconds(random.nextInt(100)));
        default -> {
          finished.merge(message.id(), 1, Integer::sum);
          handledLast = message.id();
          maybeDie();
        }
      }
    }

    void run() {
      int batches = 1 + random.nextInt(2);
      for (int b = 0; b < batches; b++) {
        var ids = new ArrayList<String>();
        int size = 1 + random.nextInt(4);
        for (int i = 0; i < size; i++) {
          String id = "m" + idOfNext++;
          var script = new ArrayList<Step>();
          int steps = 1 + random.nextInt(3);
          for (int s = 0; s < steps; s++) {
            script.add(
                random.nextInt(3) > 0 ? Step.SUCCEED : STEPS.get(random.nextInt(STEPS.size())));
          }
          scripts.put(id, script);
          ids.add(id);
        }
        platform.add(
            new Batch(ids, ids.stream().map(id -> "{\"n\":1}").toList(), 1, Duration.ZERO));
      }
      int deliveries = 0;
      while (!platform.isEmpty()) {
        assertThat(deliveries++).as("history %d ends", seed).isLessThan(300);
        deliver(platform.remove(random.nextInt(platform.size())));
        takeSent();
      }
      recover();
    }

    private void deliver(Batch batch) {
      if (time.elapsed().compareTo(batch.due) < 0) {
        time.advance(batch.due.minus(time.elapsed()));
      }
      var messages = new ArrayList<String>();
      for (int i = 0; i < batch.ids.size(); i++) {
        messages.add(message(batch.ids.get(i), batch.attempt, batch.bodies.get(i)));
      }
      // The platform gives up after the fourth delivery. Nothing helps a message whose process dies
      // in that one before anything was written, so this one is spared.
      mayDie = batch.attempt < 4;
      boolean acknowledged = false;
      try {
        acknowledged = deliverJobs(app, messages.toArray(String[]::new)).status() == 200;
      } catch (Death died) {
        acknowledged = false;
      } finally {
        mayDie = false;
        acknowledged &= !isDead;
        isDead = false;
        handledLast = null;
      }
      if (acknowledged && random.nextInt(10) > 0) {
        return; // otherwise the answer was lost
      }
      if (batch.attempt < 4) {
        platform.add(
            new Batch(
                batch.ids, batch.bodies, batch.attempt + 1, time.elapsed().plus(ofSeconds(10))));
      }
    }

    private void takeSent() {
      while (!sent.bodies.isEmpty()) {
        String body = sent.bodies.remove();
        Duration delay = sent.delays.remove(0);
        if (random.nextInt(20) == 0) {
          continue; // lost on the platform
        }
        int copies = random.nextInt(10) == 0 ? 2 : 1;
        for (int i = 0; i < copies; i++) {
          platform.add(
              new Batch(List.of("w" + idOfNext++), List.of(body), 1, time.elapsed().plus(delay)));
        }
      }
    }

    /** Lets everything that is held back come to its end, without further deaths. */
    private void recover() {
      deathRate = 0;
      for (int i = 0; i < 20; i++) {
        time.advance(ofMinutes(70));
        app.sendOverdue();
        takeSent();
        while (!platform.isEmpty()) {
          deliver(platform.remove(0));
          takeSent();
        }
      }
    }

    void check() {
      for (String id : scripts.keySet()) {
        int times = finished.getOrDefault(id, 0);
        Optional<ParkedMessage> aside = parked.find(QUEUE, id);
        assertThat(aside.map(ParkedMessage::state))
            .as("history %d: message %s is not on its way forever", seed, id)
            .isNotEqualTo(Optional.of(ParkedMessage.State.HELD));
        parkedInTheEnd += aside.isPresent() ? 1 : 0;
        int died = diedBeforeTheMark.getOrDefault(id, 0);
        assertThat(times)
            .as("history %d: message %s, parked %s, died %d times", seed, id, aside, died)
            .isBetween(aside.isPresent() ? 0 : 1, aside.isPresent() ? died : 1 + died);
      }
    }

    /** Sends messages until the process dies. */
    private final class DyingClient implements QueueClient {

      @Override
      public <T> SendReceipt send(
          QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
        maybeDie();
        SendReceipt receipt = sent.send(queue, body, options);
        maybeDie();
        return receipt;
      }

      @Override
      public <T> CompletableFuture<SendReceipt> sendAsync(
          QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
        throw new UnsupportedOperationException();
      }
    }
  }
}
