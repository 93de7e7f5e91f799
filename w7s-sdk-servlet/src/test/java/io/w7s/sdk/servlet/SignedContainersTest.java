package io.w7s.sdk.servlet;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.fixtures.SignedWorker;
import io.w7s.sdk.servlet.Container.Setup;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.testing.Canary;
import io.w7s.sdk.testing.contract.ServerFixture;
import io.w7s.sdk.testing.contract.SignedServiceContract;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** Attacks on a signed app in each container. */
class SignedContainersTest {

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
    private final SignedWorker worker = new SignedWorker();
    private ServerFixture server;

    Attacks(Container container, String mapping) {
      this.container = container;
      this.mapping = mapping;
    }

    @BeforeEach
    void start() throws Exception {
      AppHandler service = worker.service(secrets);
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
      return SignedWorker.QUEUE;
    }

    @Override
    protected long reached() {
      return worker.reached();
    }
  }
}
