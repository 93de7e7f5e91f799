package io.w7s.samples.spring;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Starts the three apps, places an order, and ends with 0 when it is mailed, else with 1. */
final class Demo {

  public static void main(String[] args) {
    try (var worker = start("email-worker");
        var router = start("event-router");
        var api = start("order-api")) {
      List.of(worker, router, api).forEach(app -> System.out.println("app: " + url(app)));
      var post = RestClient.create(url(api) + "/orders").post().body(args[0]);
      var placed = post.contentType(MediaType.APPLICATION_JSON).retrieve().body(String.class);
      System.out.println("order: " + placed);
      var mail = worker.getBean(EmailWorker.class).mails.poll(30, SECONDS);
      System.out.println("mail: " + requireNonNull(mail, "there is no mail after 30 s"));
    } catch (Exception e) {
      System.err.println("run: " + NestedExceptionUtils.getMostSpecificCause(e).getMessage());
      System.exit(1);
    }
  }

  private static ConfigurableApplicationContext start(String app) {
    var application = new SpringApplicationBuilder(SpringOrders.class).profiles(app, "local");
    return application.properties("logging.level.root=warn").run();
  }

  private static String url(ConfigurableApplicationContext app) {
    return "http://127.0.0.1:" + app.getEnvironment().getProperty("local.server.port") + "/w7s";
  }
}
