package io.w7s.sdk.emulator;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.queue.QueueRef;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Listeners hear and change nothing. */
class ListenerTest {

  private static final QueueRef<Integer> JOBS =
      AppRef.of("acme/worker").queue("jobs", Integer.class);

  @Test
  void aListenerThatThrowsIsForgotten() {
    var heard = new ArrayList<String>();
    var world =
        new World(
            builder ->
                builder
                    .listener(
                        new PlatformListener() {
                          @Override
                          public void sent(QueuedMessage message, Duration delay) {
                            throw new IllegalStateException("broken listener");
                          }
                        })
                    .listener(
                        new PlatformListener() {
                          @Override
                          public void sent(QueuedMessage message, Duration delay) {
                            heard.add(message.queue() + " " + delay);
                          }
                        }));
    var handled = new ArrayList<Integer>();
    world.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(JOBS, message -> handled.add(message.body()))
            .build());
    world.as("acme/shop").queues().send(JOBS, 1, send -> send.delay(ofSeconds(7)));
    world.time.runUntilIdle(10);
    assertThat(heard).containsExactly("acme/worker/jobs PT7S");
    assertThat(handled).containsExactly(1);
  }
}
