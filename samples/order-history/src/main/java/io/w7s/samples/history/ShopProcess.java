package io.w7s.samples.history;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.store.blob.JdbcBlobStore;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * The shop, a process of its own that can be killed. What it has sent and the warehouse has not got
 * yet is in its memory, and dies with it.
 */
final class ShopProcess implements AutoCloseable {

  private static volatile boolean networkHangs;

  private final Process process;
  private final URI url;

  private ShopProcess(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /** Starts it on a port, 0 for any, and returns when it serves. */
  static ShopProcess start(String jdbcUrl, int port, URI warehouse) throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1", // it does not live long
            "-cp",
            System.getProperty("java.class.path"),
            ShopProcess.class.getName(),
            String.valueOf(port),
            warehouse.toString());
    builder.environment().put(Database.VARIABLE, jdbcUrl);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String line = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (line == null) {
      throw new IOException("the shop did not start, for the reason above");
    }
    return new ShopProcess(process, URI.create(line));
  }

  URI url() {
    return url;
  }

  long pid() {
    return process.pid();
  }

  /** From now on nothing that the shop sends goes out. */
  void cutTheNetwork() throws IOException {
    process.outputWriter(StandardCharsets.UTF_8).append("hang\n").flush();
  }

  /** Kills it, as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
  }

  // ---- Inside of the process

  /** Serves until its input ends, so that it does not outlive the process that started it. */
  public static void main(String[] args) throws Exception {
    DataSource database = Database.open(System.getenv(Database.VARIABLE));
    W7sConfig config =
        W7sConfig.builder()
            .app("acme/shop")
            .localApp("acme/warehouse", URI.create(args[1]))
            .build();
    try (W7s w7s =
            W7s.builder(config)
                .blobs(JdbcBlobStore.of(database))
                .intercept(call -> hangIfTold())
                .build();
        Outbox outbox =
            Outbox.builder(EventStore.of(database), w7s)
                .lease(Duration.ofSeconds(2)) // short, so that nobody has to wait for the story
                .confirmWithin(Duration.ofSeconds(2))
                .build();
        LocalAppServer server =
            LocalAppServer.start(
                new OrderService(EventStore.of(database), outbox).app(),
                Integer.parseInt(args[0]))) {
      outbox.start();
      System.out.println(server.url());
      readInput();
    }
  }

  private static CallObserver hangIfTold() {
    while (networkHangs) {
      LockSupport.park();
    }
    return CallObserver.NONE;
  }

  private static void readInput() throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      networkHangs = true;
    }
  }
}
