package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The bridge in a process of workerd, on a free port of this machine that it keeps. */
final class BridgeProcess implements AutoCloseable {

  private static final Path BRIDGE = Path.of("../bridge").toAbsolutePath().normalize();
  private static final Path PROGRAMS = BRIDGE.resolve("node_modules/@cloudflare");
  private static final Pattern LISTENING = Pattern.compile("\"port\":(\\d+)");

  private final Path config;
  private final int port;
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final List<String> logged = new ArrayList<>();
  private Process process;

  private BridgeProcess(Path config) throws IOException {
    this.config = config;
    this.port = start(0);
  }

  /** Starts a builder of a bridge of an app of {@code acme}. */
  static Builder builder() {
    return new Builder();
  }

  /** Skips the test where there is no workerd. */
  static void assumeInstalled() {
    assumeTrue(program() != null, "there is no workerd; this installs it: npm ci --prefix bridge");
  }

  private static Path program() {
    if (!Files.isDirectory(PROGRAMS)) {
      return null;
    }
    try (Stream<Path> packages = Files.list(PROGRAMS)) {
      return packages
          .map(each -> each.resolve("bin/workerd"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int start(int wanted) throws IOException {
    process =
        new ProcessBuilder(
                program().toString(),
                "serve",
                config.toString(),
                "--import-path=" + BRIDGE.resolve("src"),
                "--socket-addr=http=127.0.0.1:" + wanted,
                "--control-fd=1")
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly)); // of a broken test
    var lines = new Thread(() -> read(process.errorReader()), "w7s-bridge-log");
    lines.setDaemon(true);
    lines.start();
    String line = process.inputReader().readLine();
    Matcher listening = LISTENING.matcher(String.valueOf(line));
    if (!listening.find()) {
      process.destroyForcibly();
      throw new IOException("workerd has ended before it listened: " + log);
    }
    return Integer.parseInt(listening.group(1));
  }

  private void read(BufferedReader lines) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(line);
      }
    } catch (IOException killed) {
      // there is nothing more
    }
  }

  int port() {
    return port;
  }

  /** Returns the app's public URL. */
  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Returns the next line of the log that fits, and fails when there is none for a while. */
  String awaitLog(Predicate<String> wanted) throws InterruptedException {
    for (String line = log.poll(20, TimeUnit.SECONDS);
        line != null;
        line = log.poll(20, TimeUnit.SECONDS)) {
      logged.add(line);
      if (wanted.test(line)) {
        return line;
      }
    }
    throw new AssertionError("not logged; the log is " + logged);
  }

  /** Returns all lines of the log so far. */
  List<String> log() {
    log.drainTo(logged);
    return List.copyOf(logged);
  }

  /** Kills the process, which gets no chance to finish anything. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts a process after {@link #kill}, on the same port. */
  void restart() {
    try {
      assertThat(start(port)).isEqualTo(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
    try {
      Files.deleteIfExists(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The environment of a bridge. */
  static final class Builder {

    private final Map<String, String> variables = new LinkedHashMap<>();
    private final List<String> bindings = new ArrayList<>();
    private URI platform;

    private Builder() {
      variables.put("W7S_OWNER", "acme");
    }

    /** Sets a variable, or removes it where the value is null. */
    Builder variable(String name, String value) {
      if (value == null) {
        variables.remove(name);
      } else {
        variables.put(name, value);
      }
      return this;
    }

    /** Binds the platform, such as {@code W7S_RPC}. */
    Builder binding(String name, URI platform) {
      bindings.add(name);
      this.platform = platform;
      return this;
    }

    BridgeProcess start() {
      assumeInstalled();
      try {
        Path config = Files.createTempFile("w7s-bridge", ".capnp");
        Files.writeString(config, capnp());
        return new BridgeProcess(config);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private String capnp() {
      String environment =
          Stream.concat(
                  variables.entrySet().stream()
                      .map(
                          each ->
                              "(name = %s, text = %s)"
                                  .formatted(text(each.getKey()), text(each.getValue()))),
                  bindings.stream()
                      .map(each -> "(name = %s, service = \"platform\")".formatted(text(each))))
              .collect(Collectors.joining(",\n        "));
      String platformService =
          platform == null
              ? ""
              : ",\n    (name = \"platform\", external = (address = \"127.0.0.1:%d\", http = ()))"
                  .formatted(platform.getPort());
      return """
      using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (
        services = [
          (name = "bridge", worker = (
            modules = [(name = "w7s-bridge.js", esModule = embed "/w7s-bridge.js")],
            compatibilityDate = "2026-11-01",
            bindings = [
              %s
            ],
            globalOutbound = "internet")),
          (name = "internet", network = (allow = ["public", "private"]))%s
        ],
        sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "bridge")]
      );
      """
          .formatted(environment, platformService);
    }

    private static String text(String value) {
      return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
  }
}
