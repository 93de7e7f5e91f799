package io.w7s.consumer;

import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;

/** Has Quarkus receive a message and an RPC over a socket, signed, and refuse one that is not. */
@QuarkusMain
public class Main implements QuarkusApplication {

  private final W7s w7s;
  private final URI worker;

  Main(W7s w7s, W7sConfig config) {
    this.w7s = w7s;
    this.worker = config.localUrl(Worker.APP.id()).orElseThrow();
  }

  @Override
  public int run(String... args) throws Exception {
    w7s.queues().send(Worker.JOBS, new Worker.Job("job-1"));
    Worker.Done done = w7s.rpc().call(Worker.DONE);
    for (int tries = 0; done.jobs().isEmpty() && tries < 200; tries++) {
      TimeUnit.MILLISECONDS.sleep(50);
      done = w7s.rpc().call(Worker.DONE);
    }
    HttpRequest request = HttpRequest.newBuilder(URI.create(worker + "/done")).build();
    int unsigned = HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
    System.out.println("Quarkus: handled " + done.jobs() + ", unsigned got " + unsigned);
    return done.jobs().size() == 1 && unsigned == 401 ? 0 : 1;
  }
}
