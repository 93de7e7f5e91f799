package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.ConfigurationException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A setting with a name that nobody knows is a mistake, not a default. */
class UnknownSettingsTest {

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
    "w7s.enviroment, w7s.environment",
    "w7s.Environment, w7s.environment",
    "w7s.env, w7s.environment",
    "w7s.modes, w7s.mode",
    "w7s.mdoe, w7s.mode",
    "w7s.rpc.token, w7s.token.rpc",
    "w7s.token.rcp, w7s.token.rpc",
    "w7s.token.workflows, w7s.token.workflow",
    "w7s.repository, w7s.app",
    "w7s.event.router, w7s.events.router",
    "w7s.events, w7s.events.router",
    "w7s.local.app.acme/worker, w7s.local.apps.<owner>/<repo>",
    "w7s.local.stroe, w7s.local.store",
    "w7s.local.apps, w7s.local.apps.<owner>/<repo>",
    "w7s.locals.manifest.acme/worker, w7s.local.manifests.<owner>/<repo>"
  })
  void unknownKeysAreRefusedWithTheNearest(String key, String nearest) {
    around.property(key, "staging");
    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Unknown system property %s. The nearest known key is %s: use that, or remove the"
                + " unknown one.",
            key, nearest);

    Surroundings file = around.withoutProperties().file(key + "=staging");
    assertThatThrownBy(() -> file.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Unknown property %s in %s. ", key, file.fileUrl(0))
        .hasMessageContaining("known key is " + nearest + ":");
  }

  @Test
  void unknownKeysAreRefusedWithoutAValueToo() {
    around.property("w7s.enviroment", "");

    assertThatThrownBy(() -> around.load(memory())).isInstanceOf(ConfigurationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode=local", "W7S_MODE=local", "w7.mode=local", "other=1"})
  void filesHoldNothingElse(String line) {
    around.file(line);

    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("The nearest known key is ");
  }

  @Test
  void longAndForgedKeysAreShownInOneShortLine() {
    around.property("w7s.x\n12:00 ERROR forged" + "x".repeat(100_000), "1");

    Throwable refused = catchThrowable(() -> around.load(memory()));

    assertThat(refused).isInstanceOf(ConfigurationException.class);
    assertThat(refused.getMessage()).doesNotContain("\n").hasSizeLessThan(400);

    around.withoutProperties().variable("W7S_MODE" + "\n", "x");
    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Unknown variable W7S_MODE\\n.");
  }

  @ParameterizedTest
  @CsvSource({
    "W7S_ENVIROMENT, W7S_ENVIRONMENT",
    "W7S_ENVIORMENT, W7S_ENVIRONMENT",
    "W7S_ENV, W7S_ENVIRONMENT",
    "w7s_environment, W7S_ENVIRONMENT",
    "W7S_MODES, W7S_MODE",
    "W7S_MDOE, W7S_MODE",
    "W7S__MODE, W7S_MODE",
    "W7S_RPCTOKEN, W7S_RPC_TOKEN",
    "W7S_RPC_TOKENS, W7S_RPC_TOKEN",
    "W7S_TOKEN_RPC, W7S_RPC_TOKEN",
    "W7S_WORKFLOWS_TOKENS, W7S_WORKFLOW_TOKEN",
    "W7S_APP, W7S_REPOSITORY",
    "W7S_REPOSITRY, W7S_REPOSITORY",
    "W7S_OWNR, W7S_OWNER",
    "W7S_EVENT_ROUTER, W7S_EVENTS_ROUTER",
    "W7S_CONF, W7S_CONFIG",
    "W7S_LOCAL_MANIFEST, W7S_LOCAL_MANIFESTS",
    "W7S_LOCAL_ACME_URL, W7S_LOCAL_<OWNER>_<REPO>_URL",
    "W7S_LOCAL_ACME_URI, W7S_LOCAL_<OWNER>_<REPO>_URL",
    "W7S_LOCAL__ACME_URL, W7S_LOCAL_<OWNER>_<REPO>_URL",
    "W7S_LOCAL_ACME_MANIFEST, W7S_LOCAL_<OWNER>_<REPO>_MANIFEST",
    "W7S_LOCAL_ACME_WORKER_URI, W7S_LOCAL_<OWNER>_<REPO>_URL",
    "W7S_LOCALS_ACME_WORKER_URL, W7S_LOCAL_<OWNER>_<REPO>_URL",
    "W7S_LOCAL_ACME_WORKER_MANIFESTS, W7S_LOCAL_<OWNER>_<REPO>_MANIFEST",
    "W7S_LOCAL_APPS_ACME_WORKER, W7S_LOCAL_<OWNER>_<REPO>_URL"
  })
  void variablesCloseToKnownOnesAreRefused(String name, String known) {
    around.variable(name, "staging");

    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Unknown variable %s. Its name is close to %s: use that, or rename it.", name, known);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "W7S_RPC",
        "W7S_QUEUE",
        "W7S_WORKFLOW",
        "W7S_EVENTS",
        "W7S_API_TOKEN",
        "W7S_REGION",
        "W7S_DEPLOYMENT_ID",
        "W7S_LOCAL_PORT",
        "W7S_LOCAL_URL",
        "W7S_LOCAL_ACME_PORT",
        "W7S_LOCAL_ACME_WORKER_PORT",
        "W7S_WORKFLOW_ACTIVE_LIMIT",
        "W7S_",
        "ENVIRONMENT",
        "XW7S_MODE"
      })
  void variablesOfOthersAreIgnored(String name) {
    around.variable(name, "no setting");

    assertThat(around.load(memory()).environment()).isEqualTo(Environment.PRODUCTION);
  }

  @Test
  void versionOfTheSdkInABuildIsIgnored() {
    around.property("w7s.version", "0.1.0").property("w7sx", "1").property("w7s", "1");

    assertThat(around.load(memory()).environment()).isEqualTo(Environment.PRODUCTION);
  }
}
