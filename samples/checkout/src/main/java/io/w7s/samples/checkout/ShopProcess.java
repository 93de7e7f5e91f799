package io.w7s.samples.checkout;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRunner;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.workflow.JdbcStepLog;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The shop, a process of its own that can be killed. What it has to remember is in its database.
 */
final class ShopProcess implements AutoCloseable {

  /** Short, so that nobody has to wait for the story. By default it is 30 s. */
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final Process process;
  private final URI url;

  private ShopProcess(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /** Starts it on a port, 0 for any, and returns when it serves. */
  static ShopProcess start(String jdbcUrl, int port, URI stock, URI bank, URI shipping)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1", // it does not live long
            "-cp",
            System.getProperty("java.class.path"),
            ShopProcess.class.getName(),
            jdbcUrl,
            String.valueOf(port),
            stock.toString(),
            bank.toString(),
            shipping.toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
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

  /** Kills it, as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
  }

  /** Connects to the database, and makes the tables that are missing. */
  static HikariDataSource open(String jdbcUrl) {
    var pool = new HikariDataSource();
    pool.setJdbcUrl(jdbcUrl);
    StoreSchema.migrate(pool);
    return pool;
  }

  // ---- Inside of the process

  /** Serves until its input ends, so that it does not outlive the process that started it. */
  public static void main(String[] args) throws IOException {
    W7sConfig config =
        W7sConfig.builder()
            .app("acme/shop")
            .localApp("acme/stock", URI.create(args[2]))
            .localApp("acme/bank", URI.create(args[3]))
            .localApp("acme/shipping", URI.create(args[4]))
            .build();
    try (HikariDataSource database = open(args[0]);
        W7s w7s = W7s.builder(config).build()) {
      W7sApp app = Checkout.app(JdbcStepLog.of(database), w7s, LEASE);
      WorkflowRunner runner = WorkflowRunner.builder(app).poll(Duration.ofMillis(200)).start();
      try (LocalAppServer server = LocalAppServer.start(app, Integer.parseInt(args[1]))) {
        System.out.println(server.url());
        while (System.in.read() >= 0) {
          // nothing is said to it
        }
      } finally {
        runner.close();
      }
    }
  }
}
