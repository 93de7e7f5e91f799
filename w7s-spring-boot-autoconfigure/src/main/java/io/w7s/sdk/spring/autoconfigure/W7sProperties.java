package io.w7s.sdk.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of the starter itself. Those of the SDK have the names that {@link
 * io.w7s.sdk.W7sConfig} lists; {@link EnvironmentSettings} reads them.
 *
 * @param manifest where the {@code w7s.json} is that the handlers are compared with; null for the
 *     class path, then the working directory
 */
@ConfigurationProperties("w7s")
record W7sProperties(
    @Nullable String manifest,
    @DefaultValue Consumers consumers,
    @DefaultValue Observations observations,
    @DefaultValue Store store) {

  /**
   * The handlers.
   *
   * @param enabled whether they are registered at all
   * @param path the path of the application's server below which the app is served
   */
  record Consumers(@DefaultValue("true") boolean enabled, @DefaultValue("/w7s") String path) {}

  /**
   * Metrics and traces.
   *
   * @param enabled whether calls and handlers are observed
   */
  record Observations(@DefaultValue("true") boolean enabled) {}

  /**
   * The stores on the application's data source.
   *
   * @param migrate whether their tables are made when the first of them is
   */
  record Store(@DefaultValue("true") boolean migrate) {}
}
