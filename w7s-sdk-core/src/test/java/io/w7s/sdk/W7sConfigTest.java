package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.util.ClearSystemProperty;
import org.junit.jupiter.api.util.SetSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class W7sConfigTest {

  private static final String CANARY = "canary-4711";
  private static final AppId WORKER = AppId.parse("acme/worker");

  private Surroundings around;

  @BeforeEach
  void emptySurroundings(@TempDir Path folder) {
    around = new Surroundings(folder);
  }

  /** Complete but for what a test adds. */
  private static W7sConfig.Builder memory() {
    return W7sConfig.builder().mode(Mode.MEMORY).app("acme/caller");
  }

  private static W7sConfig.Builder hosted() {
    return W7sConfig.builder()
        .app("acme/caller")
        .token(Token.RPC, "r")
        .token(Token.QUEUE, "q")
        .token(Token.WORKFLOW, "w");
  }

  @Nested
  class Sources {

    /** A setting, four values for its four places in the order of the places, and its default. */
    record Row(
        String property,
        String variable,
        W7sConfig.Builder base,
        BiConsumer<W7sConfig.Builder, String> explicitly,
        Function<W7sConfig, Object> accessor,
        List<String> values,
        String fallback) {

      @Override
      public String toString() {
        return property;
      }
    }

    private static final List<String> APPS = List.of("a/one", "a/two", "a/three", "a/four");
    private static final List<String> URLS =
        List.of("https://one.x", "https://two.x", "https://three.x", "https://four.x");

    static Stream<Row> settings() {
      var others =
          Stream.of(
              new Row(
                  "w7s.mode",
                  "W7S_MODE",
                  hosted(),
                  (builder, word) -> builder.mode(Mode.parse(word)),
                  config -> config.mode().word(),
                  List.of("memory", "local", "memory", "local"),
                  "hosted"),
              new Row(
                  "w7s.app",
                  "W7S_REPOSITORY",
                  W7sConfig.builder(),
                  W7sConfig.Builder::app,
                  W7sConfig::app,
                  APPS,
                  null),
              new Row(
                  "w7s.environment",
                  "W7S_ENVIRONMENT",
                  memory(),
                  (builder, name) -> builder.environment(Environment.of(name)),
                  W7sConfig::environment,
                  List.of("one", "two", "three", "four"),
                  "production"),
              new Row(
                  "w7s.url",
                  "W7S_URL",
                  memory(),
                  (builder, url) -> builder.url(URI.create(url)),
                  W7sConfig::url,
                  URLS,
                  "https://w7s.cloud"),
              new Row(
                  "w7s.bridge.url",
                  "W7S_BRIDGE_URL",
                  memory(),
                  (builder, url) -> builder.bridgeUrl(URI.create(url)),
                  config -> config.bridgeUrl().map(URI::toString).orElse("none"),
                  URLS,
                  "none"),
              new Row(
                  "w7s.events.router",
                  "W7S_EVENTS_ROUTER",
                  memory(),
                  W7sConfig.Builder::eventRouter,
                  config -> config.eventRouter().map(AppId::toString).orElse("none"),
                  APPS,
                  "none"),
              new Row(
                  "w7s.local.store",
                  "W7S_LOCAL_STORE",
                  memory(),
                  (builder, file) -> builder.localStore(Path.of(file)),
                  config -> config.localStore().map(Path::toString).orElse("none"),
                  List.of("one.db", "/two/two.db", "three/three.db", "../four.db"),
                  "none"),
              new Row(
                  "w7s.local.apps.acme/worker",
                  "W7S_LOCAL_ACME_WORKER_URL",
                  memory(),
                  (builder, url) -> builder.localApp(WORKER, URI.create(url)),
                  config -> config.localUrl(WORKER).map(URI::toString).orElse("none"),
                  URLS,
                  "none"));
      var tokens =
          Stream.of(Token.values())
              .map(
                  kind ->
                      new Row(
                          kind.property(),
                          kind.variable(),
                          memory(),
                          (builder, token) -> builder.token(kind, token),
                          config -> config.token(kind).orElse("none"),
                          List.of("one", "two", "three", "four"),
                          "none"));
      return Stream.concat(others, tokens);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theNearestPlaceDecidesAndEmptyValuesAreNotThere(Row row) {
      if (row.fallback() != null) {
        assertThat(row.accessor().apply(around.load(row.base()))).hasToString(row.fallback());
      }

      around.file(row.property() + "=" + row.values().get(3));
      around.variable(row.variable(), " ").property(row.property(), "");
      assertThat(row.accessor().apply(around.load(row.base()))).hasToString(row.values().get(3));

      around.variable(row.variable(), row.values().get(2));
      assertThat(row.accessor().apply(around.load(row.base()))).hasToString(row.values().get(2));

      around.property(row.property(), " " + row.values().get(1) + "\n");
      assertThat(row.accessor().apply(around.load(row.base()))).hasToString(row.values().get(1));

      row.explicitly().accept(row.base(), row.values().get(0));
      assertThat(row.accessor().apply(around.load(row.base()))).hasToString(row.values().get(0));
    }

    @Test
    void buildLooksAtNothingButTheBuilder() {
      W7sConfig config = memory().build();

      assertThat(config.app()).hasToString("acme/caller");
      assertThat(config.environment()).isEqualTo(Environment.PRODUCTION);
      assertThat(config.url()).hasToString("https://w7s.cloud");
      assertThat(config.eventRouter()).isEmpty();
      assertThat(config.localStore()).isEmpty();
    }

    @Test
    void aBuilderUsedOnDoesNotChangeWhatItBuilt() {
      W7sConfig.Builder builder = memory();
      W7sConfig config = builder.build();

      builder.token(Token.RPC, "later").localApp(WORKER, URI.create("http://later"));

      assertThat(config.token(Token.RPC)).isEmpty();
      assertThat(config.localUrl(WORKER)).isEmpty();
    }

    @Test
    @SetSystemProperty(key = "w7s.environment", value = "of-the-test")
    @ClearSystemProperty(key = "w7s.conformance.dir") // a key of our build, and no setting
    @ClearSystemProperty(key = "w7s.api.baseline")
    void loadReadsThisProcessAndTheContextClassLoader(@TempDir Path folder) throws Exception {
      Files.writeString(
          folder.resolve("w7s.properties"), "w7s.local.apps.acme/of-the-test=http://found");
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
        thread.setContextClassLoader(loader);
        W7sConfig config = memory().url(URI.create("https://one.x")).load();

        assertThat(config.environment()).hasToString("of-the-test");
        assertThat(config.localUrl(AppId.parse("acme/of-the-test")))
            .contains(URI.create("http://found"));
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }

  @Nested
  class PlatformUrl {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "https://w7s.example/base",
          "http://localhost:8787",
          "http://LocalHost",
          "http://127.0.0.1:8787",
          "http://127.1.2.3",
          "http://[::1]:8787",
          "http://[0:0:0:0:0:0:0:1]"
        })
    void isHttpsOrThisMachine(String url) {
      around.variable("W7S_URL", url);

      assertThat(around.load(memory()).url()).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "http://w7s.cloud",
          "http://127.0.0.1.example.com",
          "http://localhost.example.com",
          "http://10.0.0.1",
          "http://[::2]",
          "http://[1::1]",
          "http://[::ffff:10.0.0.1]"
        })
    void isNeverHttpToAnotherMachine(String url) {
      around.file("w7s.url=" + url);

      assertThatThrownBy(() -> around.load(memory()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "Bad property w7s.url in %s: URL: found http to another machine, must be https,"
                  + " because secrets travel over it",
              around.fileUrl(0))
          .hasCauseInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> memory().url(URI.create(url)))
          .isInstanceOf(InvalidInputException.class);
    }
  }

  @Nested
  class Secrets {

    @ParameterizedTest
    @ValueSource(strings = {"explicit", "property", "variable", "file"})
    void areNotShownWhereverTheyWereFound(String place) {
      W7sConfig.Builder explicit =
          memory().localApp(WORKER, URI.create("http://127.0.0.1:8791/worker"));
      String[] lines =
          Stream.of(Token.values())
              .map(kind -> kind.property() + "=" + CANARY)
              .toArray(String[]::new);
      for (Token kind : Token.values()) {
        switch (place) {
          case "explicit" -> explicit.token(kind, CANARY);
          case "property" -> around.property(kind.property(), CANARY);
          case "variable" -> around.variable(kind.variable(), CANARY);
          default -> {}
        }
      }
      W7sConfig config = (place.equals("file") ? around.file(lines) : around).load(explicit);

      assertThat(Token.values()).allMatch(kind -> config.token(kind).orElseThrow().equals(CANARY));
      assertThat(config)
          .hasToString(
              "W7sConfig[mode=memory (explicit setting), app=acme/caller, environment=production,"
                  + " url=https://w7s.cloud, tokens={rpc=set, queue=set, workflow=set, events=set},"
                  + " bridgeUrl=not set, bridgeSecrets=SigningSecrets[published],"
                  + " localApps={w7s.local.apps.acme/worker=http://127.0.0.1:8791/worker},"
                  + " localManifests=[], eventRouter=not set, localStore=not set]");
    }

    @Test
    void thatAreMissingAreShownAsMissing() {
      assertThat(memory().token(Token.QUEUE, CANARY).build().toString())
          .contains("tokens={rpc=not set, queue=set, workflow=not set, events=not set}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"canary-4711\nx-evil: 1", "canary-4711 x", "canary-4711\u00e9"})
    void thatNoHeaderCanCarryAreRefusedUnseen(String token) {
      around.variable("W7S_RPC_TOKEN", token);

      Throwable refused = catchThrowable(() -> around.load(memory()));

      assertThat(refused)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("Bad variable W7S_RPC_TOKEN");
      assertThat(Surroundings.printed(refused)).doesNotContain(CANARY);
      assertThat(Surroundings.printed(catchThrowable(() -> memory().token(Token.RPC, token))))
          .contains("InvalidInputException")
          .doesNotContain(CANARY);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "W7S_REPOSITORY, worker",
    "W7S_ENVIRONMENT, ---",
    "W7S_EVENTS_ROUTER, a/b/c",
    "W7S_URL, w7s.cloud"
  })
  void aBadValueIsRefusedByTheNameOfItsSetting(String variable, String value) {
    around.variable(variable, value);

    assertThatThrownBy(
            () -> around.load(variable.equals("W7S_REPOSITORY") ? W7sConfig.builder() : memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Bad variable " + variable + ": ")
        .hasCauseInstanceOf(InvalidInputException.class);
  }

  @Test
  @SetSystemProperty(key = "w7s.environment", value = "of-the-process")
  void aFrameworkHasPropertiesAndVariablesOfItsOwn() {
    W7sConfig config =
        memory()
            .load(
                Map.of(
                    "w7s.events.router",
                    "acme/of-property",
                    "w7s.local.apps.acme/worker",
                    "http://a:1"),
                Map.of(
                    "W7S_EVENTS_ROUTER", "acme/of-variable",
                    "W7S_LOCAL_APPS", "acme/mailer=http://b:1",
                    "OTHER", "x"));

    assertThat(config.eventRouter()).hasValue(AppId.parse("acme/of-property"));
    assertThat(config.localUrl(WORKER)).hasValue(URI.create("http://a:1"));
    assertThat(config.localUrl(AppId.parse("acme/mailer"))).hasValue(URI.create("http://b:1"));
    assertThat(config.environment()).isEqualTo(Environment.PRODUCTION);
  }

  @Test
  void aPropertyOfAFrameworkThatIsUnknownOrNamesAFileIsRefused() {
    assertThatThrownBy(() -> memory().load(Map.of("w7s.ap", "a/b"), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Unknown property w7s.ap. The nearest known key is w7s.app: use that, or remove the"
                + " unknown one.");
    assertThatThrownBy(() -> memory().load(Map.of("w7s.config", "x"), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("The property w7s.config has no effect, because no file is read");
  }
}
