package io.w7s.samples.orders;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.local.LocalAppServer;
import java.net.URI;

/** Runs order-api as a process of its own. */
public final class Main {

  private Main() {}

  /** Serves until the process is asked to end; ends with 1 when it cannot start. */
  public static void main(String[] args) {
    try {
      start();
    } catch (RuntimeException e) {
      System.err.println("order-api cannot start: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void start() {
    W7s w7s = W7s.of(config());
    int port = Integer.parseInt(System.getenv().getOrDefault("ORDER_API_PORT", "8790"));
    LocalAppServer server = LocalAppServer.start(OrderApi.app(w7s), port);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close(); // lets the requests under way finish, which still make calls
                  w7s.close();
                }));
    System.out.println("order-api serves " + server.url());
  }

  private static W7sConfig config() {
    W7sConfig.Builder config = W7sConfig.builder().app("acme/order-api");
    String url = System.getenv("LOCAL_EVENT_ROUTER_URL");
    if (url != null) {
      config.localApp("acme/event-router", appUrl(url, OrderApi.PUBLISH.path()));
    }
    return config.load(); // what is not set here comes from W7S_* variables and w7s.properties
  }

  /** Takes the URL of an app, or that of the one path that is called there. */
  private static URI appUrl(String url, String path) {
    return URI.create(url.endsWith(path) ? url.substring(0, url.length() - path.length()) : url);
  }
}
