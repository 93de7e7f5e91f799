package io.w7s.sdk.servlet.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.local.internal.server.RawClient;
import io.w7s.sdk.local.internal.server.RawClient.Response;
import io.w7s.sdk.okhttp.Guide;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Java code in the guide to servers compiles and runs. */
class DocsTest {

  private static final Path HERE = Path.of("src/test/java/io/w7s/sdk/servlet/docs");

  /** Tomcat warns of leaks at each stop; a reference, so that the level is kept. */
  private static final Logger TOMCATS = Logger.getLogger("org.apache");

  static {
    TOMCATS.setLevel(Level.SEVERE);
  }

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final AppHandler service =
      request ->
          new AppResponse(200, Headers.none(), request.path().getBytes(StandardCharsets.US_ASCII));

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void theGuideShowsCompiledCodeOnly() throws IOException {
    List<String> compiled = new ArrayList<>();
    for (String example :
        List.of("ServersExample", "OrdersServlet", "JdkServer", "JdkServerTest")) {
      compiled.addAll(Guide.compiled(HERE.resolve(example + ".java")));
    }

    assertThat(Guide.shown(Path.of("../docs/servers.md")))
        .containsExactlyInAnyOrderElementsOf(compiled);
  }

  @Test
  void tomcatServesAnApp() throws Exception {
    Tomcat tomcat = ServersExample.tomcat(service, executor, 0);
    try {
      Response response = RawClient.get(tomcat.getConnector().getLocalPort(), "/a%25b");
      assertThat(response.body()).isEqualTo("/a%25b");
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  @Test
  void jettyServesAnApp() throws Exception {
    Server server = ServersExample.jetty(service, executor, 0);
    try {
      int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
      assertThat(RawClient.get(port, "/a%20b").body()).isEqualTo("/a%20b");
      assertThat(RawClient.get(port, "/a%25b").status()).isEqualTo(400);
    } finally {
      server.stop();
    }
  }

  @Test
  void aServletWithoutSettingsIsNotMade() {
    assertThatThrownBy(OrdersServlet::new)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("set w7s.app");
  }
}
