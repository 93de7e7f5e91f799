package io.w7s.sdk.bridge;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.signature.SigningSecrets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The bridge of {@code acme/shop} in workerd, with a KV namespace {@code CACHE}, an R2 bucket
 * {@code FILES} and a D1 database {@code DB} of miniflare's simulators. They end with the process.
 */
final class StoresProcess implements AutoCloseable {

  private static final Path STORES = Path.of("stores").toAbsolutePath();

  private final Process process;
  private final URI url;
  private final List<String> log = new CopyOnWriteArrayList<>();

  private StoresProcess(Process process) throws IOException {
    this.process = process;
    var lines = new Thread(() -> read(process.errorReader()), "w7s-stores-log");
    lines.setDaemon(true);
    lines.start();
    String line = process.inputReader().readLine();
    if (line == null) {
      throw new IOException("miniflare has ended before it listened: " + log);
    }
    url = URI.create(line.replaceAll("/$", ""));
  }

  /** Starts it, or skips the test where miniflare is not there. */
  static StoresProcess start() {
    assumeTrue(
        Files.isDirectory(STORES.resolve("node_modules/miniflare")),
        "there is no miniflare; this installs it: npm ci --prefix w7s-bridge-tests/stores");
    String variables =
        """
        {"W7S_OWNER": "acme", "W7S_BRIDGE_SECRET": "%s", "NOTE": "a variable"}
        """
            .formatted(Secrets.ONE);
    try {
      return new StoresProcess(
          new ProcessBuilder("node", STORES.resolve("stores.mjs").toString(), variables).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(BufferedReader lines) {
    lines.lines().forEach(log::add);
  }

  List<String> log() {
    return List.copyOf(log);
  }

  URI url() {
    return url;
  }

  /** Returns a client of it. */
  Bridge bridge() {
    return Bridge.of(
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/shop")
            .bridgeUrl(url)
            .bridgeSecrets(SigningSecrets.of(Secrets.ONE))
            .build());
  }

  /** Makes all objects of the bucket older; the clock of the simulator cannot be moved. */
  void age(Duration time) {
    try {
      HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(url + "/age?ms=" + time.toMillis())).build(),
              HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
