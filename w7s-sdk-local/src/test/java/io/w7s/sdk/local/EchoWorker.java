package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueRef;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * acme/worker as a process. It writes each number to a file before it acknowledges it, and sends it
 * back. It prints a line when it serves, and one when it has received a thousand messages.
 */
final class EchoWorker {

  static final String SERVES = "serves";
  static final String RECEIVED_A_THOUSAND = "received a thousand";

  static final AppId SHOP = AppId.parse("acme/shop");
  static final AppId WORKER = AppId.parse("acme/worker");
  static final QueueRef<Integer> NUMBERS = AppRef.of("acme/worker").queue("numbers", Integer.class);
  static final QueueRef<Integer> ECHOES = AppRef.of("acme/shop").queue("echoes", Integer.class);

  private EchoWorker() {}

  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(args[0]);
    Path file = Path.of(args[1]);
    W7sConfig.Builder config = W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app(WORKER);
    boolean echoes = args.length > 2;
    if (echoes) {
      config.localApp(SHOP, URI.create(args[2]));
    }
    W7s w7s = W7s.of(config.build());
    var received = new AtomicInteger();
    W7sApp app =
        W7sApp.builder(new AppRef(WORKER))
            .onBatch(
                NUMBERS,
                batch -> {
                  Files.writeString(file, lines(batch), StandardOpenOption.APPEND);
                  if (echoes) {
                    batch.messages().forEach(each -> w7s.queues().send(ECHOES, each.body()));
                  }
                  int before = received.getAndAdd(batch.messages().size());
                  if (before < 1000 && before + batch.messages().size() >= 1000) {
                    System.out.println(RECEIVED_A_THOUSAND);
                  }
                })
            .build();
    LocalAppServer.start(app, port);
    System.out.println(SERVES);
  }

  private static String lines(QueueBatch<Integer> batch) {
    return batch.messages().stream()
        .map(message -> message.body() + "\n")
        .collect(Collectors.joining());
  }

  /** Returns the numbers in the file, written by this process or earlier ones. */
  static Set<Integer> numbers(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8)
        .lines()
        .map(Integer::valueOf)
        .collect(Collectors.toSet());
  }
}
