package io.w7s.sdk.emulator;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.emulator.queue.DeadLetter.Reason;
import io.w7s.sdk.emulator.queue.QueueCounts;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Nothing is lost and nothing invented, whatever happens in whatever order. */
class DeliveryProperties {

  private static final QueueRef<Integer> JOBS =
      AppRef.of("acme/worker").queue("jobs", Integer.class);
  private static final QueueId ID = QueueId.of("acme/worker", "jobs");

  /** Counts by body what was acknowledged and what was dropped. */
  private static final class Books implements PlatformListener {
    final Map<String, Integer> acknowledged = new HashMap<>();
    final Map<String, Integer> deadLettered = new HashMap<>();
    final Set<String> sent = new HashSet<>();

    @Override
    public void sent(QueuedMessage message, Duration delay) {
      sent.add(message.id());
    }

    @Override
    public void delivered(List<QueuedMessage> batch, DeliveryResult delivery) {
      if (delivery.status() == DeliveryResult.Status.DONE) {
        batch.forEach(message -> acknowledged.merge(message.id(), 1, Integer::sum));
      }
    }

    @Override
    public void deadLettered(DeadLetter letter) {
      deadLettered.merge(letter.message().id(), 1, Integer::sum);
    }
  }

  private static World world(long seed, boolean shuffled, Books books) {
    VirtualTime time =
        shuffled ? VirtualTime.shuffled(World.START, seed) : new VirtualTime(World.START, seed);
    return new World(
        time, parts -> shuffled ? parts.listener(books).shuffled() : parts.listener(books));
  }

  private static W7sApp worker(Random random, int failuresPerHundred) {
    return W7sApp.builder(AppRef.of("acme/worker"))
        .onBatch(
            JOBS,
            batch -> {
              for (QueueMessage<Integer> message : batch.messages()) {
                if (random.nextInt(100) < failuresPerHundred) {
                  throw new IllegalStateException("fails on " + message.body());
                }
              }
            })
        .build();
  }

  @Property(tries = 200)
  void eachMessageIsAcknowledgedOrDeadLetteredOnceAndNeverNeither(
      @ForAll long seed,
      @ForAll @IntRange(max = 60) int messages,
      @ForAll @IntRange(max = 100) int failuresPerHundred,
      @ForAll boolean shuffled) {
    var books = new Books();
    World world = world(seed, shuffled, books);
    var random = new Random(seed);
    world.deploy(worker(random, failuresPerHundred));
    W7s shop = world.as("acme/shop");
    for (int i = 0; i < messages; i++) {
      int delay = random.nextInt(3) * 7;
      shop.queues().send(JOBS, i, send -> send.delay(ofSeconds(delay)));
    }
    world.time.runUntilIdle(10_000);
    assertThat(books.sent).hasSize(messages);
    check(books);
    assertThat(world.platform.queues().counts(ID).depth()).isZero();
  }

  @Property(tries = 200)
  void sendsAdvancesAndRedeploysInAnyOrderLoseAndInventNothing(
      @ForAll long seed,
      @ForAll @Size(max = 80) List<@IntRange(max = 9) Integer> steps,
      @ForAll boolean shuffled) {
    var books = new Books();
    World world = world(seed, shuffled, books);
    var random = new Random(seed);
    world.deploy(worker(random, 20));
    W7s shop = world.as("acme/shop");
    int sent = 0;
    for (int step : steps) {
      switch (step) {
        case 0 -> world.deploy(worker(random, random.nextInt(100)));
        case 1 -> world.pass(ofSeconds(random.nextInt(15)));
        case 2 ->
            world
                .platform
                .queues()
                .configure(ID, QueueSettings.PLATFORM.withBatchSize(1 + random.nextInt(20)));
        case 3 -> world.platform.queues().deliverNow(ID);
        default -> shop.queues().send(JOBS, sent++);
      }
    }
    world.time.runUntilIdle(10_000);
    assertThat(books.sent).hasSize(sent);
    check(books);
    QueueCounts counts = world.platform.queues().counts(ID);
    assertThat(counts.depth()).isZero();
    assertThat(counts.sent()).isEqualTo(counts.acknowledged() + counts.deadLettered());
    assertThat(world.platform.queues().deadLetters())
        .allSatisfy(letter -> assertThat(letter.reason()).isEqualTo(Reason.RETRIES_EXHAUSTED));
  }

  private static void check(Books books) {
    for (String id : books.sent) {
      int acknowledged = books.acknowledged.getOrDefault(id, 0);
      int dropped = books.deadLettered.getOrDefault(id, 0);
      assertThat(acknowledged + dropped).as("message %s", id).isOne();
    }
    assertThat(books.sent).containsAll(books.acknowledged.keySet());
    assertThat(books.sent).containsAll(books.deadLettered.keySet());
  }
}
