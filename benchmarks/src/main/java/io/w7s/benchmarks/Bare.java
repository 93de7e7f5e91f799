package io.w7s.benchmarks;

import java.io.IOException;
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

/** OkHttp and Jackson with nothing above them: what the SDK's calls are measured beside. */
final class Bare implements AutoCloseable {

  private static final MediaType JSON = MediaType.get("application/json");
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter ORDERS = MAPPER.writerFor(Order.class);
  private static final ObjectWriter LISTS = MAPPER.writerFor(Order[].class);
  private static final ObjectReader READER = MAPPER.readerFor(Order.class);

  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .socketFactory(new NoDelay())
          .connectionPool(new ConnectionPool(64, 1, TimeUnit.MINUTES))
          .retryOnConnectionFailure(false)
          .build();

  /** Posts an order, and reads the one that comes back. */
  Order order(URI url, Order order) throws IOException {
    return READER.readValue(post(url, ORDERS.writeValueAsBytes(order)));
  }

  /** Posts an order, and reads whatever JSON comes back. */
  Object send(URI url, Order order) throws IOException {
    return MAPPER.readTree(post(url, ORDERS.writeValueAsBytes(order)));
  }

  /** Posts orders, and reads whatever JSON comes back. */
  Object send(URI url, Order[] orders) throws IOException {
    return MAPPER.readTree(post(url, LISTS.writeValueAsBytes(orders)));
  }

  private byte[] post(URI url, byte[] body) throws IOException {
    Request request =
        new Request.Builder()
            .url(url.toString())
            .header("authorization", "Bearer token")
            .header("accept", "application/json")
            .post(RequestBody.create(body, JSON))
            .build();
    try (Response response = client.newCall(request).execute()) {
      return response.body().bytes();
    }
  }

  @Override
  public void close() {
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  /** As the SDK does; without it both would wait 44 ms for large bodies. */
  static final class NoDelay extends SocketFactory {

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
