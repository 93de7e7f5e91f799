package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.config.LocalSetting;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalAppsTest {

  private static final String CANARY = "canary-4711";
  private static final AppId WORKER = AppId.parse("acme/worker");

  private Surroundings around;

  @BeforeEach
  void emptySurroundings(@TempDir Path folder) {
    around = new Surroundings(folder);
  }

  private static W7sConfig.Builder memory() {
    return W7sConfig.builder().mode(Mode.MEMORY).app("acme/caller");
  }

  @ParameterizedTest
  @CsvSource({
    "acme/worker, W7S_LOCAL_ACME_WORKER_URL",
    "acme/my-app, W7S_LOCAL_ACME_MY_APP_URL",
    "a.b/c_d-2, W7S_LOCAL_A_B_C_D_2_URL",
    "url/url, W7S_LOCAL_URL_URL_URL"
  })
  void haveAVariableEachThatTheErrorTextNames(String app, String variable) {
    around.variable(variable, "http://127.0.0.1:8791/x/");
    W7sConfig config = around.load(memory());

    assertThat(config.localUrl(AppId.parse(app))).contains(URI.create("http://127.0.0.1:8791/x"));
    assertThat(LocalSetting.URL.names(AppId.parse(app)))
        .isEqualTo("w7s.local.apps." + app + " (variable " + variable + ")");
  }

  @Test
  void similarAppsShareAVariableButNotAProperty() {
    around.variable("W7S_LOCAL_ACME_MY_APP_URL", "http://shared");
    around.property("w7s.local.apps.acme/my_app", "http://own");
    W7sConfig config = around.load(memory());

    assertThat(config.localUrl(AppId.parse("acme/my-app"))).contains(URI.create("http://shared"));
    assertThat(config.localUrl(AppId.parse("acme/my_app"))).contains(URI.create("http://own"));
  }

  @Test
  void areListedInOneVariable() {
    around.variable("W7S_LOCAL_APPS", "acme/worker = http://one ,\nAcme/My_App=http://two/b,");
    around.variable("W7S_LOCAL_ACME_MY_APP_URL", "http://less-precise");
    W7sConfig config = around.load(memory());

    assertThat(config.localUrl(WORKER)).contains(URI.create("http://one"));
    assertThat(config.localUrl(AppId.parse("acme/my_app"))).contains(URI.create("http://two/b"));
    assertThat(config.localUrl(AppId.parse("acme/my-app")))
        .contains(URI.create("http://less-precise"));
  }

  @ParameterizedTest
  @CsvSource({
    "'acme/worker', 'Bad variable W7S_LOCAL_APPS: an entry is no owner/repo=value pair.'",
    "'acme/worker=', 'Bad variable W7S_LOCAL_APPS: an entry is no owner/repo=value pair.'",
    "'http://canary-4711@x', 'Bad variable W7S_LOCAL_APPS: an entry is no owner/repo=value pair.'",
    "'worker=http://one', 'Bad variable W7S_LOCAL_APPS: app: found'",
    "'acme/a=http://x:canary-4711@h', 'Bad entry acme/a of variable W7S_LOCAL_APPS: URL: found'",
    "'acme/a=http://a,Acme/A=http://b', 'The variable W7S_LOCAL_APPS has two entries for acme/a.'"
  })
  void areRefusedInABadList(String list, String message) {
    around.variable("W7S_LOCAL_APPS", list);

    Throwable refused = catchThrowable(() -> around.load(memory()));

    assertThat(refused).isInstanceOf(ConfigurationException.class).hasMessageStartingWith(message);
    assertThat(Surroundings.printed(refused)).doesNotContain(CANARY);
  }

  @Test
  void areFoundHoweverTheirPropertyIsCapitalised() {
    around.property("w7s.local.apps.Acme/Worker", "http://one");

    assertThat(around.load(memory()).localUrl(WORKER)).contains(URI.create("http://one"));
  }

  @Test
  void withTwoUrlsInOnePlaceAreRefused() {
    around.property("w7s.local.apps.Acme/Worker", "http://one");
    around.property("w7s.local.apps.acme/worker", "http://two");

    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("w7s.local.apps.Acme/Worker")
        .hasMessageContaining("w7s.local.apps.acme/worker");
  }

  @Test
  void leaveVariablesOfOthersAlone() {
    around.variable("W7S_LOCAL_URL", "no url").variable("LOCAL_EVENT_ROUTER_URL", "no url");
    around.variable("W7S_LOCAL_STORE_PORT", "no url");

    assertThat(around.load(memory()).localUrl(WORKER)).isEmpty();
  }

  @Test
  void withABadNameAreRefusedByProperty() {
    around.property("w7s.local.apps.worker", "http://one");

    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Bad system property w7s.local.apps.worker: app")
        .hasCauseInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:8791/event-router, http://127.0.0.1:8791/event-router",
    "http://127.0.0.1:8791/event-router//, http://127.0.0.1:8791/event-router",
    "HTTPS://acme.local.w7s.cloud/, https://acme.local.w7s.cloud",
    "http://[::1]:80, http://[::1]:80",
    "http://worker/a%20b/c, http://worker/a%20b/c"
  })
  void mayHaveABasePath(String written, String read) {
    assertThat(memory().localApp(WORKER, URI.create(written)).build().localUrl(WORKER))
        .contains(URI.create(read));
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://host, the scheme \"ftp\"",
    "localhost:8080, the scheme \"localhost\"",
    "/worker, no scheme",
    "http:///worker, no valid host",
    "http:worker, no valid host",
    "http://my_host, no valid host",
    "http://host:0, the port 0",
    "http://host:65536, the port 65536",
    "http://user:canary-4711@host, user info",
    "http://canary-4711@my_host, user info",
    "http://host?token=canary-4711, a query",
    "http://host#canary-4711, a fragment",
    "http://ho st/canary-4711, no URL (Illegal character in authority)"
  })
  void withABadUrlAreRefusedWithoutRepeatingIt(String url, String found) {
    around.variable("W7S_LOCAL_ACME_WORKER_URL", url);

    Throwable refused = catchThrowable(() -> around.load(memory()));

    assertThat(refused)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "Bad variable W7S_LOCAL_ACME_WORKER_URL: URL: found " + found + ", must be ")
        .hasCauseInstanceOf(InvalidInputException.class);
    assertThat(Surroundings.printed(refused)).doesNotContain(CANARY);
  }

  @Test
  void withABadUrlInCodeAreRefusedAtOnce() {
    assertThatThrownBy(() -> memory().localApp(WORKER, URI.create("http://host?a=b")))
        .isInstanceOf(InvalidInputException.class);
  }
}
