package io.w7s.sdk.emulator;

import static io.w7s.sdk.emulator.app.Metric.QUEUE_SEND;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.spi.MessageStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is on a queue can outlive the platform. */
class StoreTest {

  private static final QueueRef<Integer> JOBS =
      AppRef.of("acme/worker").queue("jobs", Integer.class);
  private static final QueueRef<Integer> OTHERS =
      AppRef.of("acme/worker").queue("others", Integer.class);

  /** Keeps messages in a map, as a table would. */
  private static final class Table implements MessageStore {
    private final Map<String, Message> rows = new LinkedHashMap<>();
    private Consumer<String> whenDeclared = consumer -> {};
    private boolean broken;

    @Override
    public void declare(Queue queue, String consumer) {
      whenDeclared.accept(consumer);
    }

    @Override
    public void save(Queue queue, List<Message> messages) {
      requireWhole();
      messages.forEach(message -> rows.put(message.id(), message));
    }

    @Override
    public void remove(Queue queue, List<String> ids) {
      requireWhole();
      ids.forEach(rows::remove);
    }

    private void requireWhole() {
      if (broken) {
        throw new IllegalStateException("the disk is full");
      }
    }

    @Override
    public List<Message> load(Queue queue) {
      return queue.name().equals(JOBS.name()) ? List.copyOf(rows.values()) : List.of();
    }

    @Override
    public List<KeptQueue> queues() {
      return List.of();
    }
  }

  private final Table table = new Table();
  private final List<String> handled = new ArrayList<>();

  private World world(Instant start, boolean fails) {
    World world =
        new World(new VirtualTime(start, start.toEpochMilli()), parts -> parts.store(table));
    if (!table.rows.isEmpty()) {
      table.whenDeclared = consumer -> world.pass(ofSeconds(10));
    }
    return world.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                JOBS,
                message -> {
                  handled.add(message.body() + "#" + message.attempt());
                  if (fails) {
                    throw new IllegalStateException("down");
                  }
                })
            .on(OTHERS, message -> {})
            .build());
  }

  @Test
  void aNewPlatformGoesOnWhereTheOldOneEnded() {
    World before = world(World.START, true);
    before.as("acme/shop").queues().send(JOBS, 1);
    before.as("acme/shop").queues().send(JOBS, 2, send -> send.delay(ofSeconds(60)));
    before.pass(ofSeconds(5));
    assertThat(handled).containsExactly("1#1");
    handled.clear();

    World after = world(before.time.now(), false);
    after.time.runUntilIdle(100);
    assertThat(handled).containsExactly("1#2", "2#1");
    assertThat(after.time.now()).isEqualTo(World.START.plusSeconds(60));
    assertThat(table.rows).isEmpty();
  }

  /** Time passes while the queues of the second platform are declared, one after the other. */
  @Test
  void aKeptMessageIsNotDeliveredBeforeItsAppIsThere() {
    World before = world(World.START, false);
    before.as("acme/shop").queues().send(JOBS, 1);

    World after = world(before.time.now(), false);
    after.time.runUntilIdle(100);

    assertThat(handled).containsExactly("1#1");
  }

  @Test
  void aMessageThatIsNotStoredIsRefused() {
    World world = world(World.START, false);
    table.broken = true;

    assertThatThrownBy(() -> world.as("acme/shop").queues().send(JOBS, 1))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining(
            "the message store of queue acme/worker/jobs failed: the disk is full")
        .hasMessageContaining("it was not delivered");
    assertThat(world.platform.usageToday(AppInstance.of(AppId.parse("acme/shop")), QUEUE_SEND))
        .isZero();
    table.broken = false;
    world.as("acme/shop").queues().send(JOBS, 2);
    world.time.runUntilIdle(100);
    assertThat(handled).containsExactly("2#1");
  }

  @Test
  void aQueueGoesOnWithoutItsStore() {
    World world = world(World.START, true);
    world.as("acme/shop").queues().send(JOBS, 1);
    table.broken = true;
    world.time.runUntilIdle(100);

    assertThat(handled).containsExactly("1#1", "1#2", "1#3", "1#4");
    assertThat(world.platform.queues().deadLetters()).hasSize(1);
    assertThat(table.rows).hasSize(1);
  }

  @Test
  void anAcknowledgedMessageIsDoneAlsoIfTheStoreDoesNotKnow() {
    World world = world(World.START, false);
    world.as("acme/shop").queues().send(JOBS, 1);
    table.broken = true;
    world.time.runUntilIdle(100);
    table.broken = false;
    world.as("acme/shop").queues().send(JOBS, 2);
    world.time.runUntilIdle(100);

    assertThat(handled).containsExactly("1#1", "2#1");
    assertThat(table.rows).hasSize(1);
  }

  @Test
  void aStoredMessageThatCannotBeOneIsRefused() {
    Instant now = World.START;
    byte[] body = new byte[0];

    assertThatThrownBy(() -> new MessageStore.Message("1", 1, now, now, null, body))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("32 hexadecimal digits");
    assertThatThrownBy(() -> new MessageStore.Message("0".repeat(32), 0, now, now, null, body))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("attempts of a kept message: found 0");
  }

  @Test
  void whatWasDroppedIsNotKept() {
    World world = world(World.START, true);
    world.as("acme/shop").queues().send(JOBS, 1);
    world.time.runUntilIdle(100);
    assertThat(world.platform.queues().deadLetters()).hasSize(1);
    assertThat(table.rows).isEmpty();
  }
}
