package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.manifest.Manifest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalManifestsTest {

  private static final AppId WORKER = AppId.parse("acme/worker");
  private static final AppId CALLER = AppId.parse("acme/caller");

  @TempDir private Path folder;
  private Surroundings around;

  @BeforeEach
  void emptySurroundings() throws IOException {
    around = new Surroundings(Files.createDirectory(folder.resolve("around")));
  }

  private static W7sConfig.Builder memory() {
    return W7sConfig.builder().mode(Mode.MEMORY).app(CALLER);
  }

  private String file(String queue) throws IOException {
    Path file = folder.resolve(queue + ".json");
    return Files.writeString(file, declaring(queue).toJson()).toString();
  }

  private static Manifest declaring(String queue) {
    return Manifest.empty().withQueue(Manifest.Queue.of(queue));
  }

  @Test
  void areFoundInCodeThenByPropertyThenByVariableThenInTheFile() throws IOException {
    around.file("w7s.local.manifests.acme/worker=" + file("four").replace("\\", "\\\\"));
    assertThat(around.load(memory()).localManifest(WORKER)).contains(declaring("four"));
    around.variable("W7S_LOCAL_ACME_WORKER_MANIFEST", file("three"));
    assertThat(around.load(memory()).localManifest(WORKER)).contains(declaring("three"));
    around.property("w7s.local.manifests.Acme/Worker", file("two"));
    assertThat(around.load(memory()).localManifest(WORKER)).contains(declaring("two"));
    W7sConfig config = around.load(memory().localManifest("acme/worker", declaring("one")));
    assertThat(config.localManifest(WORKER)).contains(declaring("one"));
    assertThat(config.localManifest(CALLER)).isEmpty();
    assertThat(config.localUrl(WORKER)).isEmpty();
    assertThat(config.toString())
        .contains(
            "localManifests=[w7s.local.manifests.acme/worker, W7S_LOCAL_ACME_WORKER_MANIFEST]");
  }

  @Test
  void thatCannotBeReadAreRefusedBySettingAndReason() throws IOException {
    around.variable("W7S_LOCAL_ACME_WORKER_MANIFEST", folder.resolve("none.json").toString());
    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Bad variable W7S_LOCAL_ACME_WORKER_MANIFEST: no manifest at ")
        .hasMessageContaining("none.json");

    Path wrong = Files.writeString(folder.resolve("wrong.json"), "{\"queues\":[7]}");
    around.variable("W7S_LOCAL_ACME_WORKER_MANIFEST", wrong.toString());
    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Bad variable W7S_LOCAL_ACME_WORKER_MANIFEST: $.queues[0]");

    around.variable("W7S_LOCAL_ACME_WORKER_MANIFEST", "no\0path");
    assertThatThrownBy(() -> around.load(memory())).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void areListedByPropertiesAndVariables() throws IOException {
    around.variable("W7S_LOCAL_ACME_CALLER_MANIFEST", file("own"));
    around.variable("W7S_LOCAL_ACME_MY_APP_MANIFEST", file("jobs"));
    around.property("w7s.local.manifests.acme/audit", file("events"));
    W7sConfig.Builder named = memory().localApp("acme/my-app", URI.create("http://127.0.0.1:8791"));

    assertThat(around.load(named).localManifests())
        .isEqualTo(
            Map.of(
                CALLER,
                declaring("own"),
                AppId.parse("acme/my-app"),
                declaring("jobs"),
                AppId.parse("acme/audit"),
                declaring("events")));
  }

  @Test
  void areListedByVariablesAlone() throws IOException {
    around.variable("W7S_LOCAL_ACME_WORKER_MANIFEST", file("jobs"));
    around.variable("W7S_LOCAL_ACME_MY_APP_MANIFEST", file("mails"));
    around.variable("W7S_LOCAL_APPS", "acme/my-app=http://127.0.0.1:8791");
    around.variable("W7S_LOCAL_MANIFESTS", "a.b/c-d=" + file("events"));

    assertThat(around.load(memory()).localManifests())
        .isEqualTo(
            Map.of(
                WORKER,
                declaring("jobs"),
                AppId.parse("acme/my-app"),
                declaring("mails"),
                AppId.parse("a.b/c-d"),
                declaring("events")));
  }

  @Test
  void ofAnAmbiguousVariableAreFoundButNotListed() throws IOException {
    around.variable("W7S_LOCAL_ACME_MY_APP_MANIFEST", file("jobs"));
    W7sConfig config = around.load(memory());

    assertThat(config.localManifest(AppId.parse("acme/my-app"))).contains(declaring("jobs"));
    assertThatThrownBy(config::localManifests)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "The variable W7S_LOCAL_ACME_MY_APP_MANIFEST does not say where the owner of the app"
                + " ends and its repository begins. Use the variable W7S_LOCAL_MANIFESTS, with an"
                + " entry <owner>/<repo>=<value> for each app, or the property"
                + " w7s.local.manifests.<owner>/<repo>.");
  }
}
