package io.w7s.sdk.spring.web;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.testing.contract.ServerContract;
import io.w7s.sdk.testing.contract.ServerFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.springframework.boot.WebApplicationType;

/** The server of a Spring application does what every server of an app must do. */
class WebFluxContractTest {

  private static Server server;

  @BeforeAll
  static void startServer() {
    server = Server.start(WebApplicationType.REACTIVE);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Nested
  class Requests extends ServerContract {
    @Override
    protected ServerFixture start(AppHandler app) {
      return server.serve(app);
    }
  }

  @Nested
  class Attacks extends SignedAttacks {
    @Override
    Server server() {
      return server;
    }
  }
}
