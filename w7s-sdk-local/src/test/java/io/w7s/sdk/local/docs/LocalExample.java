package io.w7s.sdk.local.docs;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.local.LocalTransport;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.signature.SignedHandler;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/** The code of docs/local.md. */
final class LocalExample {

  private static final QueueRef<String> MAILS =
      AppRef.of("acme/worker").queue("mails", String.class);
  private static final SubjectRef<String> SENT = SubjectRef.of("mails.sent", String.class);

  private LocalExample() {}

  static List<DeadLetter> run(URI worker) {
    W7sConfig config = W7sConfig.builder().app("acme/shop").localApp("acme/worker", worker).build();
    // [settings]
    LocalTransport local =
        LocalTransport.builder(config)
            .platform(
                settings ->
                    settings.queueDefaults(
                        LocalTransport.QUEUES
                            .withMaxRetries(1)
                            .withRetryDelay(Duration.ofMillis(100))))
            .build();
    W7s w7s = W7s.builder(config).transport(local).build();
    // [settings]
    w7s.queues().send(MAILS, "ann");
    while (local.platform().queues().deadLetters().isEmpty()) {
      Thread.onSpinWait();
    }
    // [look]
    for (DeadLetter letter : local.platform().queues().deadLetters()) {
      System.out.println(letter.queue() + ": " + letter.cause());
    }
    // [look]
    // [lost]
    w7s.close();
    if (!local.lost().isEmpty()) {
      System.err.println("not delivered: " + local.lost());
    }
    // [lost]
    return local.platform().queues().deadLetters();
  }

  static LocalAppServer reachable(W7sApp worker) throws UnknownHostException {
    // [signed]
    W7sConfig config = W7sConfig.load();
    LocalAppServer server =
        LocalAppServer.builder(worker)
            .bind(InetAddress.getByName("0.0.0.0"))
            .port(8792)
            .signed(config.bridgeSecrets().orElseThrow())
            .start();
    // [signed]
    return server;
  }

  private static W7sApp worker(W7s w7s) {
    return W7sApp.builder(AppRef.of("acme/worker"))
        .publishes(SENT)
        .on(MAILS, message -> w7s.events().publish(SENT, message.body()))
        .build();
  }

  // [serve]
  public static void main(String[] args) {
    W7s w7s = W7s.fromEnvironment(); // first, because handlers may call with it
    LocalAppServer server = LocalAppServer.start(worker(w7s), 8792); // keeps the JVM alive
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close(); // lets the requests under way finish
                  w7s.close(); // then delivers what is due
                }));
  }

  // [serve]

  static void eitherMode() {
    // [either-mode]
    W7sConfig config = W7sConfig.load();
    W7s w7s = W7s.of(config);
    W7sApp worker = worker(w7s);
    if (config.mode() == W7sConfig.Mode.LOCAL) {
      LocalAppServer.start(worker, 8792);
    } else {
      serve(SignedHandler.of(worker, config)); // in Tomcat, Jetty or another server
    }
    // [either-mode]
  }

  /** Stands for the code of another server. */
  private static void serve(AppHandler service) {
    throw new UnsupportedOperationException(service.toString());
  }
}
