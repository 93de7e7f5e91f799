package io.w7s.sdk.spring.web;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.testing.contract.SignedServiceContract;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;

/** Attacks on a signed app in the server of a Spring application. */
abstract class SignedAttacks extends SignedServiceContract {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Object> JOBS = WORKER.queue("jobs", Object.class);
  private static final RpcRef<Void, Void> ANY = WORKER.get("/public/{any}", Void.class);

  private final SigningSecrets secrets = SigningSecrets.of(SigningSecrets.generate());
  private final AtomicLong reached = new AtomicLong();

  abstract Server server();

  @BeforeEach
  void serve() {
    W7sApp app =
        W7sApp.builder(WORKER)
            .on(JOBS, message -> {})
            .on(ANY, request -> null)
            .publicRoute(ANY)
            .build();
    server().serve(SignedHandler.builder(new Counting(app, reached), secrets).build());
  }

  @Override
  protected URI url() {
    return server().url();
  }

  @Override
  protected SigningSecrets secrets() {
    return secrets;
  }

  @Override
  protected String queue() {
    return "jobs";
  }

  @Override
  protected long reached() {
    return reached.get();
  }

  private record Counting(W7sApp app, AtomicLong requests) implements AppHandler {

    @Override
    public AppResponse handle(AppRequest request) {
      requests.incrementAndGet();
      return app.handle(request);
    }

    @Override
    public int maxBodyBytes() {
      return app.maxBodyBytes();
    }

    @Override
    public boolean isPublic(String method, String path) {
      return app.isPublic(method, path);
    }
  }
}
