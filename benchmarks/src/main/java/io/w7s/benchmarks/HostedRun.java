package io.w7s.benchmarks;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.rpc.RpcRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** RPC and queue sends beside bare OkHttp and Jackson, against the same server, in turn. */
final class HostedRun {

  private static final MediaType JSON = MediaType.get("application/json");
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter WRITER = MAPPER.writerFor(Order.class);
  private static final ObjectReader READER = MAPPER.readerFor(Order.class);

  private static final RpcRef<Order, Order> ECHO =
      RpcRef.post("acme/worker", "/echo", Order.class, Order.class);
  private static final QueueRef<Order> JOBS = QueueRef.of("acme/worker", "jobs", Order.class);
  private static final QueueRef<Order[]> LISTS = QueueRef.of("acme/worker", "jobs", Order[].class);

  private HostedRun() {}

  static void print() throws Exception {
    Process server =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                FixedServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      var out = new BufferedReader(new InputStreamReader(server.getInputStream()));
      measure(URI.create("http://127.0.0.1:" + out.readLine()));
    } finally {
      server.destroy();
    }
  }

  private static void measure(URI url) throws Exception {
    Order order = Order.sample();
    OkHttpClient bare =
        new OkHttpClient.Builder()
            .socketFactory(new NoDelay())
            .connectionPool(new ConnectionPool(64, 1, TimeUnit.MINUTES))
            .retryOnConnectionFailure(false)
            .build();
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/shop")
            .url(url)
            .token(Token.RPC, "rpc")
            .token(Token.QUEUE, "queue")
            .token(Token.WORKFLOW, "workflow")
            .build();
    Order[] hundred = new Order[100];
    java.util.Arrays.fill(hundred, order);
    try (W7s w7s = W7s.builder(config).pacing(Pacing.off()).build()) {
      new Alternating(7, 1)
          .with("bare OkHttp + Jackson, RPC", () -> rpc(bare, url, order))
          .with("SDK, RPC", () -> w7s.rpc().call(ECHO, order))
          .with(
              "bare OkHttp + Jackson, queue",
              () -> send(bare, url, WRITER.writeValueAsBytes(order)))
          .with("SDK, queue", () -> w7s.queues().send(JOBS, order))
          .print(1, 8, 32);
      System.out.println();
      new Alternating(5, 1)
          .with(
              "bare OkHttp + Jackson, 27 KiB",
              () -> send(bare, url, MAPPER.writeValueAsBytes(hundred)))
          .with("SDK, 27 KiB", () -> w7s.queues().send(LISTS, hundred))
          .print(1);
    }
    bare.dispatcher().executorService().shutdown();
    bare.connectionPool().evictAll();
  }

  private static Order rpc(OkHttpClient client, URI url, Order order) throws IOException {
    Request request =
        new Request.Builder()
            .url(url + "/api/v1/rpc/acme/worker/echo")
            .header("authorization", "Bearer rpc")
            .header("accept", "application/json")
            .post(RequestBody.create(WRITER.writeValueAsBytes(order), JSON))
            .build();
    try (Response response = client.newCall(request).execute()) {
      return READER.readValue(response.body().bytes());
    }
  }

  private static Object send(OkHttpClient client, URI url, byte[] body) throws IOException {
    Request request =
        new Request.Builder()
            .url(url + "/api/v1/queues/acme/worker/jobs")
            .header("authorization", "Bearer queue")
            .header("accept", "application/json")
            .post(RequestBody.create(body, JSON))
            .build();
    try (Response response = client.newCall(request).execute()) {
      return MAPPER.readTree(response.body().bytes());
    }
  }

  /** As the SDK does; without it both would wait 44 ms for large bodies. */
  private static final class NoDelay extends SocketFactory {

    @Override
    public Socket createSocket() throws IOException {
      var socket = new Socket();
      socket.setTcpNoDelay(true);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
