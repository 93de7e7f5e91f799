package io.w7s.sdk.store.local;

import static java.time.Duration.ofSeconds;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.PlatformListener;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.local.LocalTransport;
import io.w7s.sdk.queue.QueueRef;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/**
 * acme/shop as a process. It sends messages with and without a delay if it is asked to, prints a
 * line when those without one were tried and wait for their second attempt, and lives until it is
 * killed.
 */
final class SenderProcess {

  static final int MESSAGES = 25;
  static final String WAITS = "waits";

  /** In seconds; longer than a JVM needs to be started. */
  static final int DELAY = 10;

  static final AppRef WORKER = AppRef.of("acme/worker");
  static final QueueRef<Integer> JOBS = WORKER.queue("jobs", Integer.class);
  static final QueueRef<Integer> LATER = WORKER.queue("later", Integer.class).consumer("/later");

  private SenderProcess() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.LOCAL)
            .app("acme/shop")
            .localApp(WORKER.id(), URI.create(args[0]))
            .localStore(Path.of(args[1]))
            .build();
    var retrying = new CountDownLatch(MESSAGES);
    LocalTransport local =
        LocalTransport.builder(config)
            .platform(
                settings ->
                    settings
                        .queueDefaults(LocalTransport.QUEUES.withRetryDelay(ofSeconds(DELAY)))
                        .listener(
                            new PlatformListener() {
                              @Override
                              public void retrying(QueuedMessage next, Instant at) {
                                retrying.countDown();
                              }
                            }))
            .build();
    W7s w7s = W7s.builder(config).transport(local).build();
    if (args.length > 2) {
      for (int i = 0; i < MESSAGES; i++) {
        w7s.queues().send(LATER, i, send -> send.delay(ofSeconds(DELAY)));
        w7s.queues().send(JOBS, i);
      }
      retrying.await();
      System.out.println(WAITS);
    }
    System.in.read();
  }
}
