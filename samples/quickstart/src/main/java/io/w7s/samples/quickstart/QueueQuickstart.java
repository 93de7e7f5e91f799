package io.w7s.samples.quickstart;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.queue.QueueRef;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Work for a queue: one app sends a message, another one handles it. */
public final class QueueQuickstart {

  record Mail(String to, String subject) {}

  static final AppRef WORKER = AppRef.of("acme/worker");
  static final QueueRef<Mail> MAILS = WORKER.queue("mails", Mail.class);

  private QueueQuickstart() {}

  /** The app that handles the messages. A handler that throws gets its message again. */
  static W7sApp worker(Consumer<Mail> mailer) {
    return W7sApp.builder(WORKER).on(MAILS, message -> mailer.accept(message.body())).build();
  }

  /** What the other app does. */
  static void welcome(W7s shop, String buyer) {
    shop.queues().send(MAILS, new Mail(buyer, "Welcome"));
  }

  /** Runs both apps in this process, over HTTP. */
  public static void main(String[] args) throws InterruptedException {
    var handled = new CountDownLatch(1);
    W7sApp worker =
        worker(
            mail -> {
              System.out.println("queue: a mail to " + mail.to() + ": " + mail.subject());
              handled.countDown();
            });
    try (LocalAppServer server = LocalAppServer.start(worker);
        W7s shop =
            W7s.of(
                W7sConfig.builder()
                    .app("acme/shop")
                    .localApp("acme/worker", server.url())
                    .build())) {
      welcome(shop, "ann@example.com");
      handled.await();
    }
  }
}
