package io.w7s.samples.router;

import static java.time.Duration.ofSeconds;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.events.EventRouterApp;
import io.w7s.sdk.local.LocalAppServer;
import java.net.URI;

/** Runs event-router as a process of its own. */
public final class Main {

  private Main() {}

  /** Serves until the process is asked to end; ends with 1 when it cannot start. */
  public static void main(String[] args) {
    try {
      start();
    } catch (RuntimeException e) {
      System.err.println("event-router cannot start: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void start() {
    W7sConfig config = config();
    // a publisher waits 10 s for a response: sends that fail, retries included, have to be faster
    W7s w7s = W7s.builder(config).options(call -> call.timeout(ofSeconds(5))).build();
    int port = Integer.parseInt(System.getenv().getOrDefault("EVENT_ROUTER_PORT", "8791"));
    EventRouterApp.Builder app = OrderRouter.app(w7s);
    if (config.mode() == W7sConfig.Mode.LOCAL) {
      // whoever posts an event here by hand says himself who publishes it
      app.trustSource().target(to -> config.localUrl(to.app()).orElseThrow() + path(to.queue()));
    }
    LocalAppServer server = LocalAppServer.start(app.build(), port);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close(); // lets the requests under way finish, which still make calls
                  w7s.close();
                }));
    System.out.println("event-router serves " + server.url());
  }

  private static W7sConfig config() {
    W7sConfig.Builder config = W7sConfig.builder().app("acme/event-router");
    String url = System.getenv("LOCAL_EMAIL_CONSUMER_URL");
    if (url != null) {
      config.localApp("acme/email-worker", appUrl(url, path("events")));
    }
    return config.load(); // what is not set here comes from W7S_* variables and w7s.properties
  }

  /** The path that consumes a queue. */
  private static String path(String queue) {
    return "/_w7s/queues/" + queue;
  }

  /** Takes the URL of an app, or that of the one path that is called there. */
  private static URI appUrl(String url, String path) {
    return URI.create(url.endsWith(path) ? url.substring(0, url.length() - path.length()) : url);
  }
}
