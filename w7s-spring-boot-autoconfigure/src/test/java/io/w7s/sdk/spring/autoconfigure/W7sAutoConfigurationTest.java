package io.w7s.sdk.spring.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.event.EventsClient;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.CallInterceptor;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.W7sConnectionDetails;
import io.w7s.sdk.spring.W7sCustomizer;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class W7sAutoConfigurationTest {

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(JacksonAutoConfiguration.class, W7sAutoConfiguration.class))
          .withPropertyValues("w7s.app=acme/shop", "w7s.mode=memory");

  private void run(ApplicationContextRunner runner, ContextTest test) {
    InMemoryW7s platform = InMemoryW7s.create();
    try (InMemoryW7s.Scope current = platform.makeCurrent()) {
      runner.run(started -> test.test(started, platform));
    }
  }

  private interface ContextTest {
    void test(AssertableApplicationContext context, InMemoryW7s platform) throws Exception;
  }

  @Test
  void theClientsAreBeans() {
    run(
        context,
        (started, platform) -> {
          W7s w7s = started.getBean(W7s.class);
          assertThat(w7s.app()).isEqualTo(AppId.parse("acme/shop"));
          assertThat(started.getBean(RpcClient.class)).isSameAs(w7s.rpc());
          assertThat(started.getBean(QueueClient.class)).isSameAs(w7s.queues());
          assertThat(started.getBean(EventsClient.class)).isSameAs(w7s.events());
          assertThat(started.getBean(WorkflowClient.class)).isSameAs(w7s.workflows());
          assertThat(started.getBean(TimeSource.class)).isSameAs(platform.time());
        });
  }

  @Test
  void outsideOfModeMemoryTheClockIsTheSystems() {
    context
        .withPropertyValues("w7s.mode=hosted", "w7s.bridge.url=https://a.example")
        .withPropertyValues("w7s.bridge.secret=" + SigningSecrets.generate())
        .run(
            started -> assertThat(started.getBean(TimeSource.class)).isSameAs(TimeSource.system()));
  }

  @Test
  void eachBeanGivesWayToThatOfTheApplication() {
    W7sConfig config = W7sConfig.builder().app("acme/own").mode(W7sConfig.Mode.MEMORY).build();
    JsonCodec codec = JacksonCodec.create();
    InMemoryW7s own = InMemoryW7s.create();
    run(
        context
            .withBean(W7sConfig.class, () -> config)
            .withBean("codec", JsonCodec.class, () -> codec)
            .withBean("time", TimeSource.class, own::time)
            .withBean("own", W7s.class, () -> own.connect("acme/own").build()),
        (started, platform) -> {
          assertThat(started).hasSingleBean(W7sConfig.class).hasSingleBean(W7s.class);
          assertThat(started.getBean(W7s.class)).isSameAs(started.getBean("own"));
          assertThat(started.getBean(JsonCodec.class)).isSameAs(codec);
          assertThat(started.getBean(TimeSource.class)).isSameAs(own.time());
        });
  }

  record Part(String firstName) {}

  @Test
  void theCodecUsesTheMapperOfTheApplication() {
    run(
        context.withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE"),
        (started, platform) -> {
          JsonCodec codec = started.getBean(JsonCodec.class);
          TypeRef<Part> type = TypeRef.of(Part.class);
          byte[] json = codec.encode(new Part("Ada"), type);
          assertThat(new String(json, UTF_8)).isEqualTo("{\"first_name\":\"Ada\"}");
          assertThat(codec.decode(json, type)).isEqualTo(new Part("Ada"));
        });
  }

  @Test
  void withoutAMapperTheCodecIsTheDefault() {
    run(
        new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(W7sAutoConfiguration.class))
            .withPropertyValues("w7s.app=acme/shop", "w7s.mode=memory"),
        (started, platform) ->
            assertThat(started.getBean(JsonCodec.class)).isInstanceOf(JacksonCodec.class));
  }

  @Test
  void interceptorsAndCustomizersOfTheApplicationAreUsed() {
    List<String> seen = new ArrayList<>();
    CallInterceptor interceptor =
        call -> {
          seen.add("intercepted");
          return CallObserver.NONE;
        };
    W7sCustomizer customizer =
        w7s -> {
          seen.add("customized");
          w7s.options(options -> options.timeout(Duration.ofSeconds(1)));
        };
    run(
        context
            .withBean(CallInterceptor.class, () -> interceptor)
            .withBean(W7sCustomizer.class, () -> customizer),
        (started, platform) -> {
          platform.as("acme/shop");
          started.getBean(EventsClient.class).publish(SubjectRef.of("a.b", String.class), "x");
          assertThat(seen).containsExactly("customized", "intercepted");
        });
  }

  @Test
  void connectionDetailsBeatProperties() {
    SigningSecrets secrets = SigningSecrets.of(SigningSecrets.generate());
    W7sConnectionDetails details =
        config -> config.bridgeUrl(URI.create("https://details.example")).bridgeSecrets(secrets);
    context
        .withPropertyValues("w7s.mode=hosted", "w7s.bridge.url=https://property.example")
        .withPropertyValues("w7s.environment=staging")
        .withBean(W7sConnectionDetails.class, () -> details)
        .run(
            started -> {
              W7sConfig config = started.getBean(W7sConfig.class);
              assertThat(config.bridgeUrl()).hasValue(URI.create("https://details.example"));
              assertThat(config.bridgeSecrets()).hasValue(secrets);
              assertThat(config.environment().name()).isEqualTo("staging");
            });
  }

  @Test
  void propertiesMayBeWrittenInAnyOfSpringsWays() {
    run(
        context.withInitializer(
            application ->
                application
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(
                        new MapPropertySource(
                            "yaml",
                            Map.of(
                                "w7s.mode", "local",
                                "w7s.environment", "${stage}",
                                "stage", "staging",
                                "w7s.events.router", "acme/router",
                                "w7s.local.apps[acme/worker]", "http://127.0.0.1:1/worker",
                                "w7s.local.apps.acme/mailer", "http://127.0.0.1:2",
                                "w7s.consumers.ENABLED", "false")))),
        (started, platform) -> {
          W7sConfig config = started.getBean(W7sConfig.class);
          assertThat(config.environment().name()).isEqualTo("staging");
          assertThat(config.eventRouter()).hasValue(AppId.parse("acme/router"));
          assertThat(config.localUrl(AppId.parse("acme/worker")))
              .hasValue(URI.create("http://127.0.0.1:1/worker"));
          assertThat(config.localUrl(AppId.parse("acme/mailer")))
              .hasValue(URI.create("http://127.0.0.1:2"));
        });
  }

  @Test
  void variablesCountUnderSpringsNamesAndThoseOfThePlatform() {
    Map<String, Object> variables =
        Map.of(
            "W7S_APP", "acme/by-variable",
            "W7S_BRIDGE_PREVIOUS_SECRET", "",
            "W7S_LOCAL_APPS", "acme/worker=http://127.0.0.1:1",
            "W7S_FUTURE", "of the platform");
    run(
        new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(W7sAutoConfiguration.class))
            .withInitializer(application -> replaceVariables(application, variables))
            .withPropertyValues("w7s.mode=memory"),
        (started, platform) -> {
          W7sConfig config = started.getBean(W7sConfig.class);
          assertThat(config.app()).isEqualTo(AppId.parse("acme/by-variable"));
          assertThat(config.localUrl(AppId.parse("acme/worker")))
              .hasValue(URI.create("http://127.0.0.1:1"));
        });
  }

  private static void replaceVariables(
      ConfigurableApplicationContext application, Map<String, Object> variables) {
    application.setEnvironment(
        new StandardEnvironment() {
          @Override
          public Map<String, Object> getSystemEnvironment() {
            return variables;
          }
        });
  }

  @Test
  void anUnknownPropertyFailsTheStartWithTheOneThatWasMeant() {
    context
        .withInitializer(
            application ->
                application
                    .getEnvironment()
                    .getPropertySources()
                    .addLast(new MapPropertySource("file", Map.of("w7s.consumer.enable", "x"))))
        .run(
            started -> {
              FailureAnalysis analysis = Failures.of(started);
              assertThat(analysis.getDescription())
                  .isEqualTo("Unknown property w7s.consumer.enable: nothing reads it.");
              assertThat(analysis.getAction())
                  .isEqualTo(
                      "The nearest known property is w7s.consumers.enabled. Use that, or remove the"
                          + " unknown one.");
            });
  }

  @Test
  void aSettingThatIsMissingOrWrongIsNamedWithoutItsValue() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(W7sAutoConfiguration.class))
        .run(started -> assertThat(Failures.of(started).getDescription()).contains("set w7s.app"));
    context
        .withPropertyValues("w7s.mode=hosted", "w7s.bridge.url=https://a.example")
        .withPropertyValues("w7s.bridge.secret=secret-canary")
        .run(
            started -> {
              assertThat(Failures.of(started).getCause())
                  .isInstanceOf(ConfigurationException.class);
              assertThat(Failures.of(started).getDescription())
                  .contains("w7s.bridge.secret")
                  .doesNotContain("canary");
            });
  }
}
