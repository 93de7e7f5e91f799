package io.w7s.sdk.emulator;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.queue.MessageStore;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.queue.QueueRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is on a queue can outlive the platform. */
class StoreTest {

  private static final QueueRef<Integer> JOBS =
      AppRef.of("acme/worker").queue("jobs", Integer.class);

  /** Keeps messages in a map, as a table would. */
  private static final class Table implements MessageStore {
    private final Map<String, Stored> rows = new LinkedHashMap<>();

    @Override
    public void save(QueuedMessage message, Instant availableAt) {
      rows.put(
          message.id(),
          new Stored(
              message.id(),
              message.attempts(),
              message.enqueuedAt(),
              availableAt,
              message.caller(),
              message.body()));
    }

    @Override
    public void remove(QueuedMessage message) {
      rows.remove(message.id());
    }

    @Override
    public List<Stored> load(QueueId queue) {
      return List.copyOf(rows.values());
    }
  }

  private final Table table = new Table();
  private final List<String> handled = new ArrayList<>();

  private World world(Instant start, boolean fails) {
    World world =
        new World(new VirtualTime(start, start.toEpochMilli()), parts -> parts.store(table));
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

  @Test
  void whatWasDroppedIsNotKept() {
    World world = world(World.START, true);
    world.as("acme/shop").queues().send(JOBS, 1);
    world.time.runUntilIdle(100);
    assertThat(world.platform.queues().deadLetters()).hasSize(1);
    assertThat(table.rows).isEmpty();
  }
}
