package io.w7s.samples.demo;

import io.w7s.samples.demo.Http.Response;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Starts the three apps, sends an order through them and shows what became of it. */
public final class Demo {

  private static final int LONGEST_WAIT_SECONDS = 30;

  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  private final Http http = new Http();
  private final Processes processes;

  private Demo(Processes processes) {
    this.processes = processes;
  }

  /**
   * Ends with 0 when the event of the order was delivered, else with 1 and the reason on standard
   * error.
   *
   * @param args the folder of the sample; the order comes on standard input
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    byte[] order = System.in.readAllBytes();
    var processes = new Processes(Path.of(args[0]));
    // however it ends: well, with a failure or by a signal
    Runtime.getRuntime().addShutdownHook(new Thread(processes::stop));
    try {
      new Demo(processes).run(order);
    } catch (Failure failure) {
      System.err.println("run: " + failure.getMessage());
      System.exit(1);
    }
  }

  private void run(byte[] order) throws Failure, InterruptedException {
    startApps();
    JsonNode placed = placeOrder(order);
    JsonNode delivery = awaitDelivery(placed.path("event"));
    show("Delivery: %s got the event".formatted(App.EMAIL_WORKER), delivery);
  }

  private void startApps() throws Failure, InterruptedException {
    var started = new ArrayList<App>();
    for (App app : App.values()) {
      if (!app.runsElsewhere()) {
        processes.start(app);
        started.add(app);
      }
    }
    for (App app : started) {
      awaitStart(app);
    }
    for (App app : App.values()) {
      String where = started.contains(app) ? "at" : "runs elsewhere, at";
      out.println("%-12s %s %s".formatted(app, where, app.url()));
    }
    out.println();
  }

  private void awaitStart(App app) throws Failure, InterruptedException {
    var wait = new Wait("starting %s: it does not respond at %s".formatted(app, app.url()));
    while (!http.isUp(app.url() + "/health")) {
      processes.requireRunning(app);
      wait.onceMore();
    }
  }

  private JsonNode placeOrder(byte[] order) throws Failure, InterruptedException {
    String url = App.ORDER_API.url() + "/orders";
    Response response = http.post("placing the order", url, order);
    JsonNode body = response.body();
    if (!body.has("order")) {
      show("Response to POST %s: %d".formatted(url, response.status()), body);
      throw new Failure(
          "placing the order: %s refused it with %d: %s"
              .formatted(App.ORDER_API, response.status(), body.path("error").asString()));
    }
    show("Order: POST %s got %d".formatted(url, response.status()), body.path("order"));
    show("Event: %s published it".formatted(App.ORDER_API), body.path("event"));
    JsonNode routed = body.path("routed");
    show(
        "Route: %s responded with %d".formatted(App.EVENT_ROUTER, routed.path("status").asInt()),
        routed.path("body"));
    requireRouted(response.status(), routed.path("body"));
    return body;
  }

  private static void requireRouted(int status, JsonNode route) throws Failure {
    for (JsonNode delivery : route.path("deliveries")) {
      if (!delivery.path("ok").asBoolean()) {
        throw new Failure(
            "routing the event: %s did not take it at %s: %s"
                .formatted(
                    delivery.path("repository").asString(),
                    delivery.path("target").asString(),
                    delivery.path("response").path("error").asString("no reason given")));
      }
    }
    if (status != 202) {
      throw new Failure(
          "routing the event: %s at %s did not take it: %s"
              .formatted(
                  App.EVENT_ROUTER,
                  App.EVENT_ROUTER.url(),
                  route.path("error").asString("no reason given")));
    }
  }

  private JsonNode awaitDelivery(JsonNode event) throws Failure, InterruptedException {
    String url = App.EMAIL_WORKER.url() + "/deliveries";
    String step = "waiting for the delivery";
    var wait = new Wait(step + ": it is not among those of GET " + url);
    while (true) {
      for (JsonNode delivery : http.get(step, url).body().path("deliveries")) {
        if (isOf(event, delivery)) {
          return delivery;
        }
      }
      wait.onceMore();
    }
  }

  /** Not by id: a worker may call it by the message's id. */
  private static boolean isOf(JsonNode event, JsonNode delivery) {
    JsonNode order = event.path("data");
    JsonNode delivered = delivery.path("data");
    return order.path("orderId").equals(delivered.path("orderId"))
        && order.path("createdAt").equals(delivered.path("createdAt"));
  }

  private void show(String title, JsonNode json) {
    out.println(title);
    out.println(http.pretty(json));
    out.println();
  }

  /** A wait with an end. */
  private static final class Wait {

    private final String otherwise;
    private final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_WAIT_SECONDS);

    /** Waits 30 s at most; what is wrong then is the rest of a sentence. */
    Wait(String otherwise) {
      this.otherwise = otherwise;
    }

    void onceMore() throws Failure, InterruptedException {
      if (System.nanoTime() - end > 0) {
        throw new Failure(otherwise + " after " + LONGEST_WAIT_SECONDS + " s");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
