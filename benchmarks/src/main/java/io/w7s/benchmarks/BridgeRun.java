package io.w7s.benchmarks;

import io.w7s.sdk.signature.SigningSecrets;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * What the bridge costs, in the real workerd: how much longer a delivery takes through it than
 * straight to the service, and how much CPU the process uses for one, beside a worker that only
 * passes requests on. The platform counts the CPU of a worker alone, which is the difference. The
 * service is a socket that responds to each request with the same bytes.
 */
final class BridgeRun {

  private static final int KIB = 1024;
  private static final int REQUESTS = 3_000;
  private static final Pattern LISTENING =
      Pattern.compile("\"socket\":\"(\\w+)\".*\"port\":(\\d+)");
  private static final MediaType JSON = MediaType.get("application/json");

  private final OkHttpClient http =
      new OkHttpClient.Builder().socketFactory(new Bare.NoDelay()).build();
  private final Process workerd;
  private final int bridge;
  private final int plain;
  private final int service;

  private BridgeRun(Process workerd, int bridge, int plain, int service) {
    this.workerd = workerd;
    this.bridge = bridge;
    this.plain = plain;
    this.service = service;
  }

  static void print() throws Exception {
    try (OtherJvm server = OtherJvm.of(FixedServer.class)) {
      int service = Integer.parseInt(server.line());
      Path config = Files.createTempFile("w7s-bridge", ".capnp");
      Files.writeString(config, config(service));
      Process workerd =
          new ProcessBuilder(
                  workerd().toString(),
                  "serve",
                  config.toString(),
                  "--import-path=" + Path.of("bridge/src").toAbsolutePath(),
                  "--control-fd=1")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        BufferedReader listening = workerd.inputReader();
        var ports = new HashMap<String, Integer>();
        while (ports.size() < 2) {
          Matcher line = LISTENING.matcher(listening.readLine());
          if (line.find()) {
            ports.put(line.group(1), Integer.valueOf(line.group(2)));
          }
        }
        new BridgeRun(workerd, ports.get("http"), ports.get("plain"), service).measure();
      } finally {
        workerd.destroyForcibly();
        Files.delete(config);
      }
    }
  }

  private static Path workerd() throws IOException {
    try (Stream<Path> packages = Files.list(Path.of("bridge/node_modules/@cloudflare"))) {
      return packages
          .map(each -> each.resolve("bin/workerd"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow();
    }
  }

  private static String config(int service) {
    return """
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "bridge", worker = (
          modules = [(name = "w7s-bridge.js", esModule = embed "/w7s-bridge.js")],
          compatibilityDate = "2026-11-01",
          bindings = [
            (name = "W7S_OWNER", text = "acme"),
            (name = "W7S_BRIDGE_SECRET", text = "%1$s"),
            (name = "W7S_BRIDGE_ORIGIN", text = "http://127.0.0.1:%2$d")
          ],
          globalOutbound = "internet")),
        (name = "plain", worker = (
          modules = [(name = "plain.js", esModule =
            `export default { async fetch(request, env) {
            `  const url = env.W7S_BRIDGE_ORIGIN + new URL(request.url).pathname;
            `  const body = await request.arrayBuffer();
            `  return fetch(url, { method: "POST", headers: request.headers, body });
            `} };
          )],
          compatibilityDate = "2026-11-01",
          bindings = [(name = "W7S_BRIDGE_ORIGIN", text = "http://127.0.0.1:%2$d")],
          globalOutbound = "internet")),
        (name = "internet", network = (allow = ["private"]))
      ],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "bridge"),
        (name = "plain", address = "127.0.0.1:0", http = (), service = "plain")]
    );
    """
        .formatted(SigningSecrets.generate(), service);
  }

  private void measure() throws Exception {
    byte[] small = body(KIB);
    byte[] large = body(64 * KIB - 256);
    new Alternating(9, 1)
        .with("1 KiB, straight to the service", () -> deliver(service, small))
        .with("1 KiB, through the bridge", () -> deliver(bridge, small))
        .with("64 KiB, straight to the service", () -> deliver(service, large))
        .with("64 KiB, through the bridge", () -> deliver(bridge, large))
        .print(1);
    printCpu("1 KiB", small);
    printCpu("64 KiB", large);
  }

  private static byte[] body(int bytes) {
    return ("{\"queue\":\"jobs\",\"messages\":[\"" + "x".repeat(bytes) + "\"]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private void deliver(int port, byte[] body) throws IOException {
    Request request =
        new Request.Builder()
            .url("http://127.0.0.1:" + port + "/_w7s/queues/jobs")
            .header("host", "acme.w7s.internal")
            .header("x-w7s-queue", "jobs")
            .header("x-w7s-queue-name", "w7s-production-acme-worker-queue-jobs")
            .post(RequestBody.create(body, JSON))
            .build();
    try (Response response = http.newCall(request).execute()) {
      if (response.code() != 200) {
        throw new IllegalStateException(response + " " + response.body().string());
      }
      response.body().bytes();
    }
  }

  private void printCpu(String size, byte[] body) throws IOException {
    long[] through = new long[REQUESTS];
    long[] passed = new long[REQUESTS];
    for (int i = 0; i < REQUESTS; i++) {
      through[i] = cpuMicros(bridge, body);
      passed[i] = cpuMicros(plain, body);
    }
    Arrays.sort(through);
    Arrays.sort(passed);
    for (int percent : new int[] {50, 99}) {
      int at = REQUESTS * percent / 100;
      System.out.printf(
          Locale.ROOT,
          "CPU of the process for a delivery of %s, p%d: %,d us through the bridge, %,d us passed on"
              + " by a worker that does nothing else, %,d us more%n",
          size,
          percent,
          through[at],
          passed[at],
          through[at] - passed[at]);
    }
  }

  private long cpuMicros(int port, byte[] body) throws IOException {
    long before = cpuNanos();
    deliver(port, body);
    return (cpuNanos() - before) / 1_000;
  }

  /** Returns how long all threads of the process have run. */
  private long cpuNanos() throws IOException {
    long nanos = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + workerd.pid() + "/task"))) {
      for (Path thread : (Iterable<Path>) threads::iterator) {
        nanos += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0]);
      }
    }
    return nanos;
  }
}
