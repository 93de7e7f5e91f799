package io.w7s.sdk.servlet;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.servlet.Container.Setup;
import io.w7s.sdk.testing.contract.ServerContract;
import io.w7s.sdk.testing.contract.ServerFixture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The servlet in each container, on its threads and on those of an executor. */
class ContainersTest {

  private static ExecutorService executor;

  @BeforeAll
  static void openExecutor() {
    executor = Executors.newCachedThreadPool();
  }

  @AfterAll
  static void closeExecutor() {
    executor.shutdownNow();
  }

  private static ServerFixture start(Container container, Setup setup) {
    try {
      return container.start(setup);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Nested
  class Tomcat extends ServerContract {
    @Override
    protected ServerFixture start(AppHandler app) {
      return ContainersTest.start(
          Container.TOMCAT, new Setup().servlet(new W7sServlet(app), "/*", false));
    }
  }

  @Nested
  class TomcatAsync extends ServerContract {
    @Override
    protected ServerFixture start(AppHandler app) {
      return ContainersTest.start(
          Container.TOMCAT, new Setup().servlet(new W7sServlet(app, executor), "/w7s/*", true));
    }
  }

  @Nested
  class Jetty extends ServerContract {
    @Override
    protected ServerFixture start(AppHandler app) {
      return ContainersTest.start(
          Container.JETTY, new Setup().servlet(new W7sServlet(app), "/*", false));
    }
  }

  @Nested
  class JettyAsync extends ServerContract {
    @Override
    protected ServerFixture start(AppHandler app) {
      return ContainersTest.start(
          Container.JETTY, new Setup().servlet(new W7sServlet(app, executor), "/w7s/*", true));
    }
  }
}
