package io.w7s.sdk.local.readme;

// [example]
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;

public class ReadmeExample {

  record Job(String to) {}

  record Session(String user) {}

  interface Worker { // names and types of remote things, declared once
    AppRef APP = AppRef.of("acme/worker");
    QueueRef<Job> MAILS = APP.queue("mails", Job.class);
    RpcRef<Void, Session> SESSION = APP.get("/session", Session.class);
  }

  public static void main(String[] args) {
    W7sApp worker = // its handlers; worker.manifest() is its w7s.json
        W7sApp.builder(Worker.APP)
            .on(Worker.MAILS, message -> System.out.println("mail to " + message.body().to()))
            .on(Worker.SESSION, request -> new Session("ann"))
            .build();

    try (LocalAppServer server = LocalAppServer.start(worker);
        W7s w7s =
            W7s.of(
                W7sConfig.builder()
                    .app("acme/shop")
                    .localApp("acme/worker", server.url())
                    .load())) { // the rest from properties, variables and files
      Session session = w7s.rpc().call(Worker.SESSION); // or callAsync
      w7s.queues().send(Worker.MAILS, new Job(session.user()));
    }
  }
}
// [example]
