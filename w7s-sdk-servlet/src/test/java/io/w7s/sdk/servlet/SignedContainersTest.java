package io.w7s.sdk.servlet;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.servlet.Container.Setup;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.testing.Canary;
import io.w7s.sdk.testing.contract.ServerFixture;
import io.w7s.sdk.testing.contract.SignedServiceContract;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** Attacks on a signed app in each container. */
class SignedContainersTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Object> JOBS = WORKER.queue("jobs", Object.class);
  private static final RpcRef<Void, Void> ANY = WORKER.get("/public/{any}", Void.class);

  @Nested
  class Tomcat extends Attacks {
    Tomcat() {
      super(Container.TOMCAT, "/*");
    }
  }

  @Nested
  class Jetty extends Attacks {
    Jetty() {
      super(Container.JETTY, "/*");
    }
  }

  @Nested
  class TomcatBelowAPath extends Attacks {
    TomcatBelowAPath() {
      super(Container.TOMCAT, "/w7s/*");
    }
  }

  abstract static class Attacks extends SignedServiceContract {

    private final Container container;
    private final String mapping;
    private final Canary canary = Canary.watchingTheLog();
    private final SigningSecrets secrets = SigningSecrets.of(secret());
    private final AtomicLong reached = new AtomicLong();
    private ServerFixture server;

    Attacks(Container container, String mapping) {
      this.container = container;
      this.mapping = mapping;
    }

    @BeforeEach
    void start() throws Exception {
      W7sApp app =
          W7sApp.builder(WORKER)
              .on(JOBS, message -> {})
              .on(ANY, request -> null)
              .publicRoute(ANY)
              .build();
      AppHandler service = SignedHandler.builder(new Counting(app, reached), secrets).build();
      server = container.start(new Setup().servlet(new W7sServlet(service), mapping, false));
    }

    /** The key has a text of the canary in it, which is found in its Base64, too. */
    private String secret() {
      byte[] key = Arrays.copyOf(canary.secret("key").getBytes(StandardCharsets.US_ASCII), 32);
      return "whsec_" + Base64.getEncoder().encodeToString(key);
    }

    @AfterEach
    void stopAndLookForTheSecret() {
      server.close();
      canary.assertKept(secrets);
      canary.close();
    }

    @Override
    protected URI url() {
      return server.url();
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
