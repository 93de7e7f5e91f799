package io.w7s.consumer;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.Micronaut;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;

/** Has Micronaut receive a message and an RPC over a socket, signed, and refuse one that is not. */
final class Main {

  private Main() {}

  /** Ends with 0 when it does, else with 1. */
  public static void main(String[] args) throws Exception {
    boolean asItShould;
    try (ApplicationContext context = Micronaut.run(Main.class, args)) {
      asItShould = receives(context.getBean(W7s.class), context.getBean(W7sConfig.class));
    }
    System.exit(asItShould ? 0 : 1); // the threads of Micronaut's executors would stay for a minute
  }

  private static boolean receives(W7s w7s, W7sConfig config) throws Exception {
    w7s.queues().send(Worker.JOBS, new Worker.Job("job-1"));
    Worker.Done done = w7s.rpc().call(Worker.DONE);
    for (int tries = 0; done.jobs().isEmpty() && tries < 200; tries++) {
      TimeUnit.MILLISECONDS.sleep(50);
      done = w7s.rpc().call(Worker.DONE);
    }
    URI worker = config.localUrl(Worker.APP.id()).orElseThrow();
    HttpRequest request = HttpRequest.newBuilder(URI.create(worker + "/done")).build();
    int unsigned = HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
    System.out.println("Micronaut: handled " + done.jobs() + ", unsigned got " + unsigned);
    return done.jobs().size() == 1 && unsigned == 401;
  }
}
