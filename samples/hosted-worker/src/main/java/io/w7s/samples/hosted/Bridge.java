package io.w7s.samples.hosted;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * The bridge in workerd, which is what the platform runs backends in. To the platform of this
 * sample it is the backend of the app.
 */
final class Bridge implements AppHandler, AutoCloseable {

  private final OkHttpClient http =
      new OkHttpClient.Builder().followRedirects(false).retryOnConnectionFailure(false).build();
  private final Process workerd;
  private final URI url;

  private Bridge(Process workerd, URI url) {
    this.workerd = workerd;
    this.url = url;
  }

  /** Returns the program, which {@code npm ci --prefix bridge} installs; empty without it. */
  static Optional<Path> workerd(Path bridge) throws IOException {
    Path programs = bridge.resolve("node_modules/@cloudflare");
    if (!Files.isDirectory(programs)) {
      return Optional.empty();
    }
    try (Stream<Path> packages = Files.list(programs)) {
      return packages
          .map(each -> each.resolve("bin/workerd"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  /**
   * Starts it.
   *
   * @param bridge the directory of the bridge
   * @param port where the public reaches the app
   * @param platform what the bindings lead to
   * @param variables the variables and secrets that the platform gives the backend
   */
  static Bridge start(Path bridge, int port, URI platform, Map<String, String> variables)
      throws IOException {
    Path config = Files.createTempFile("w7s-bridge", ".capnp");
    config.toFile().deleteOnExit();
    Files.writeString(config, config(platform, variables));
    Process workerd =
        new ProcessBuilder(
                workerd(bridge).orElseThrow().toString(),
                "serve",
                config.toString(),
                "--import-path=" + bridge.resolve("src"),
                "--socket-addr=http=127.0.0.1:" + port,
                "--control-fd=1")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    workerd.inputReader().readLine(); // it listens now
    return new Bridge(workerd, URI.create("http://127.0.0.1:" + port));
  }

  private static String config(URI platform, Map<String, String> variables) {
    String texts =
        variables.entrySet().stream()
            .map(each -> "(name = \"%s\", text = \"%s\")".formatted(each.getKey(), each.getValue()))
            .collect(Collectors.joining(", "));
    String bindings =
        Stream.of("W7S_RPC", "W7S_QUEUE", "W7S_WORKFLOW")
            .map("(name = \"%s\", service = \"platform\")"::formatted)
            .collect(Collectors.joining(", "));
    return """
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "bridge", worker = (
          modules = [(name = "w7s-bridge.js", esModule = embed "/w7s-bridge.js")],
          compatibilityDate = "2026-11-01",
          bindings = [%s, %s],
          globalOutbound = "internet")),
        (name = "internet", network = (allow = ["public", "private"])),
        (name = "platform", external = (address = "127.0.0.1:%d", http = ()))
      ],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "bridge")]
    );
    """
        .formatted(texts, bindings, platform.getPort());
  }

  /** Sends what the platform has for the app; its host is the platform's internal one. */
  @Override
  public AppResponse handle(AppRequest request) {
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    var sent = new Request.Builder().url(url + request.path() + query);
    request.headers().forEach(sent::addHeader);
    boolean isGet = request.method().equals("GET");
    sent.method(request.method(), isGet ? null : RequestBody.create(request.body()));
    try (Response response = http.newCall(sent.build()).execute()) {
      var headers = Headers.builder();
      response.headers().forEach(each -> headers.add(each.getFirst(), each.getSecond()));
      return new AppResponse(response.code(), headers.build(), response.body().bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    workerd.destroyForcibly().onExit().join();
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}
