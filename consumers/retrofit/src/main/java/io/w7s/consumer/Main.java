package io.w7s.consumer;

import com.sun.net.httpserver.HttpServer;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.rpc.RpcRef;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import okhttp3.OkHttpClient;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Retrofit;
import retrofit2.http.GET;

/** Makes one call with Retrofit and one with the SDK, over the same OkHttp. */
public final class Main {

  /** Another service. */
  public interface Weather {

    /** Returns what the service says. */
    @GET("weather")
    Call<ResponseBody> today();
  }

  private static final RpcRef<Void, String> SESSION =
      AppRef.of("acme/auth").get("/session", String.class);

  private Main() {}

  /** Fails where one of the calls does. */
  public static void main(String[] args) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] answer = "\"ann\"".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    W7sConfig config =
        W7sConfig.builder()
            .app("acme/shop")
            .mode(W7sConfig.Mode.HOSTED)
            .url(URI.create(url))
            .token(W7sConfig.Token.RPC, "rpc")
            .token(W7sConfig.Token.QUEUE, "queue")
            .token(W7sConfig.Token.WORKFLOW, "workflow")
            .build();
    var client = new OkHttpClient();
    try (W7s w7s = W7s.of(config)) {
      Weather weather =
          new Retrofit.Builder().baseUrl(url).client(client).build().create(Weather.class);
      try (ResponseBody today = weather.today().execute().body()) {
        System.out.println("Retrofit: " + today.string() + ", SDK: " + w7s.rpc().call(SESSION));
      }
    } finally {
      client.dispatcher().executorService().shutdown();
      client.connectionPool().evictAll();
      server.stop(0);
    }
  }
}
