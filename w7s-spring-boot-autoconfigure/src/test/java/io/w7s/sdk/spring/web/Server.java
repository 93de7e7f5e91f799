package io.w7s.sdk.spring.web;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.spring.internal.DeliveryGate;
import io.w7s.sdk.testing.contract.ServerFixture;
import java.net.URI;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A Spring Boot application with a server on a free port, which serves any app. */
final class Server implements AutoCloseable {

  /** What the class path of the tests has and these applications do not use. */
  private static final String WITHOUT =
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration";

  private static final String SECURITY = "org.springframework.boot.security.autoconfigure.";

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class Empty {}

  private final ConfigurableApplicationContext context;

  private Server(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** Starts one without Spring Security. */
  static Server start(WebApplicationType type, Class<?>... more) {
    return start(
        type,
        WITHOUT
            + ","
            + SECURITY
            + "web.servlet.ServletWebSecurityAutoConfiguration,"
            + SECURITY
            + "web.servlet.SecurityFilterAutoConfiguration,"
            + SECURITY
            + "UserDetailsServiceAutoConfiguration,"
            + SECURITY
            + "ReactiveUserDetailsServiceAutoConfiguration,"
            + SECURITY
            + "web.reactive.ReactiveWebSecurityAutoConfiguration,"
            + SECURITY
            + "actuate.web.servlet.ManagementWebSecurityAutoConfiguration,"
            + SECURITY
            + "actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
        "/at/w7s",
        more);
  }

  /** Starts one with Spring Security, at the default path. */
  static Server secured(WebApplicationType type, Class<?>... more) {
    return start(type, WITHOUT, "/w7s", more);
  }

  private static Server start(
      WebApplicationType type, String excluded, String path, Class<?>... more) {
    return new Server(
        new SpringApplicationBuilder(Empty.class)
            .sources(more)
            .web(type)
            .properties(
                Map.of(
                    "server.port",
                    "0",
                    "server.address",
                    "127.0.0.1",
                    "w7s.app",
                    "acme/worker",
                    "w7s.mode",
                    "local",
                    "w7s.consumers.path",
                    path,
                    "spring.main.banner-mode",
                    "off",
                    "logging.level.root",
                    "warn",
                    "spring.autoconfigure.exclude",
                    excluded))
            .run());
  }

  URI url() {
    return URI.create(root() + "/at/w7s");
  }

  String root() {
    return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
  }

  /** Serves another app from now on. */
  ServerFixture serve(AppHandler app) {
    context.getBean(DeliveryGate.class).open(app);
    URI url = url();
    return new ServerFixture() {
      @Override
      public URI url() {
        return url;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    context.close();
  }
}
