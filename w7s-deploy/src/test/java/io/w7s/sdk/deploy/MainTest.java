package io.w7s.sdk.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.manifest.Binding;
import io.w7s.sdk.manifest.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

class MainTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path repository;

  private int run(String... arguments) {
    return Main.run(
        List.of(arguments),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private int write(Class<?> app) {
    return run("--directory", repository.toString(), app.getName());
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String refusal() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String file(Path name) throws IOException {
    return Files.readString(repository.resolve(name));
  }

  @Test
  void whatIsDeployedIsWritten() throws IOException {
    assertThat(write(Apps.Worker.class)).isZero();

    Manifest manifest = Manifest.parse(file(DeployFiles.MANIFEST));
    assertThat(manifest.queues()).containsExactly(Manifest.Queue.of("jobs"));
    assertThat(manifest.schedules()).hasSize(1);
    assertThat(manifest.vars()).contains("W7S_BRIDGE_ORIGIN");
    assertThat(manifest.secrets()).contains("W7S_BRIDGE_SECRET");
    assertThat(file(DeployFiles.BACKEND)).contains("export default");
    assertThat(file(DeployFiles.WORKFLOW))
        .contains("working-directory: w7s")
        .contains("W7S_BRIDGE_ORIGIN: ${{ vars.W7S_BRIDGE_ORIGIN }}")
        .contains("W7S_BRIDGE_SECRET: ${{ secrets.W7S_BRIDGE_SECRET }}");
    assertThat(said())
        .contains("written  " + DeployFiles.MANIFEST)
        .contains("W7S_BRIDGE_URL")
        .doesNotContain("note  ");
  }

  @Test
  void eachVariableOfTheManifestIsPassedByTheWorkflow() throws IOException {
    write(Apps.Worker.class);

    Manifest manifest = Manifest.parse(file(DeployFiles.MANIFEST));
    assertThat(Stream.concat(manifest.vars().stream(), manifest.secrets().stream()))
        .allSatisfy(name -> assertThat(file(DeployFiles.WORKFLOW)).contains("  " + name + ": $"))
        .allSatisfy(name -> assertThat(said()).contains(name))
        .allSatisfy(name -> assertThat(file(DeployFiles.BACKEND)).contains(name));
  }

  @Test
  void aSecondRunChangesNothing() throws IOException {
    write(Apps.Worker.class);
    String before = file(DeployFiles.MANIFEST);
    out.reset();

    assertThat(write(Apps.Worker.class)).isZero();

    assertThat(file(DeployFiles.MANIFEST)).isEqualTo(before);
    assertThat(said()).contains("same     ").contains("kept     ").doesNotContain("written");
  }

  @Test
  void whatOnlyTheFilesSayIsKept() throws IOException {
    Files.createDirectories(repository.resolve("w7s"));
    Files.writeString(
        repository.resolve(DeployFiles.MANIFEST),
        """
        {"bindings": {"r2": ["FILES"]}, "rpc": {"allow": ["other"]}, "vars": ["COLOUR"],
         "schedules": [{"cron": "0 4 * * *", "path": "/old"}], "own": 1}
        """);
    Files.createDirectories(repository.resolve(DeployFiles.WORKFLOW).getParent());
    Files.writeString(repository.resolve(DeployFiles.WORKFLOW), "mine");

    assertThat(write(Apps.Worker.class)).isZero();

    Manifest manifest = Manifest.parse(file(DeployFiles.MANIFEST));
    assertThat(manifest.bindings()).hasSize(1);
    assertThat(manifest.rpcAllow()).containsExactly("other");
    assertThat(manifest.vars()).contains("COLOUR", "W7S_BRIDGE_ORIGIN");
    assertThat(manifest.schedules())
        .extracting(Manifest.Schedule::path)
        .containsExactly("/nightly");
    assertThat(said()).contains("removed  ").contains("/old");
    assertThat(manifest.toString()).contains("\"own\":1");
    assertThat(file(DeployFiles.WORKFLOW)).isEqualTo("mine");
  }

  @Test
  void storesAreBound() throws IOException {
    Files.createDirectories(repository.resolve("w7s"));
    Files.writeString(
        repository.resolve(DeployFiles.MANIFEST),
        """
        {"bindings": {"d1": [{"binding": "DB", "migrations": "sql"}], "r2": ["OTHER"]}}
        """);
    String[] command = {
      "--bind",
      "kv=CACHE",
      "--bind",
      "r2=FILES",
      "--bind",
      "d1=DB",
      "--directory",
      repository.toString(),
      Apps.Worker.class.getName()
    };

    assertThat(run(command)).isZero();
    String once = file(DeployFiles.MANIFEST);
    assertThat(run(command)).isZero();

    assertThat(file(DeployFiles.MANIFEST)).isEqualTo(once);
    assertThat(Manifest.parse(once).bindings())
        .containsExactlyInAnyOrder(
            Binding.of("kv", "CACHE"),
            Binding.of("r2", "OTHER"),
            Binding.of("r2", "FILES"),
            new Binding("d1", "DB", Map.of("migrations", "sql")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FILES", "r2", "r2=", "r2=a b", "ai=AI", "kv=W7S_QUEUE", "=X"})
  void whatIsNoStoreIsNotBound(String binding) {
    assertThat(
            run(
                "--bind",
                binding,
                "--directory",
                repository.toString(),
                Apps.Worker.class.getName()))
        .isEqualTo(2);

    assertThat(refusal()).contains("--bind " + binding);
    assertThat(repository).isEmptyDirectory();
  }

  /** All are properties of one object, so the platform could give the app only one of them. */
  @ParameterizedTest
  @ValueSource(strings = {"kv=FILES", "d1=FILES", "r2=COLOUR", "kv=PASSWORD"})
  void aNameIsBoundToOneThing(String binding) throws IOException {
    String before =
        """
        {"bindings": {"r2": ["FILES"]}, "vars": ["COLOUR"], "secrets": ["PASSWORD"]}
        """;
    Files.createDirectories(repository.resolve("w7s"));
    Files.writeString(repository.resolve(DeployFiles.MANIFEST), before);

    assertThat(
            run(
                "--bind",
                binding,
                "--directory",
                repository.toString(),
                Apps.Worker.class.getName()))
        .isEqualTo(2);

    assertThat(refusal()).contains("--bind " + binding).contains("something else");
    assertThat(file(DeployFiles.MANIFEST)).isEqualTo(before);
  }

  @Test
  void aLinkIsNotFollowed(@TempDir Path elsewhere) throws IOException {
    Path other = Files.writeString(elsewhere.resolve("other.json"), "{\"queues\": [\"others\"]}");
    Files.createDirectories(repository.resolve("w7s"));
    Files.createSymbolicLink(repository.resolve(DeployFiles.MANIFEST), other);

    assertThat(write(Apps.Worker.class)).isEqualTo(2);

    assertThat(refusal()).contains("w7s.json is a symbolic link").doesNotContain("others");
    assertThat(other).hasContent("{\"queues\": [\"others\"]}");
    assertThat(repository.resolve(DeployFiles.BACKEND)).doesNotExist();
  }

  @Test
  void aDirectoryThatIsALinkIsNotFollowed(@TempDir Path elsewhere) throws IOException {
    Files.createSymbolicLink(repository.resolve("w7s"), elsewhere);

    assertThat(write(Apps.Worker.class)).isEqualTo(2);

    assertThat(refusal()).contains("is a symbolic link");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aQueueThatTheAppNoLongerHasIsNamed() throws IOException {
    Files.createDirectories(repository.resolve("w7s"));
    Files.writeString(repository.resolve(DeployFiles.MANIFEST), "{\"queues\": [\"old\"]}");

    assertThat(write(Apps.Worker.class)).isZero();

    assertThat(said()).contains("note     ").contains("$.queues[old]");
  }

  @ParameterizedTest
  @CsvSource({
    "None, 'has no static method without parameters'",
    "Two, 'has several apps: [first, second]'",
    "Null, 'is null'",
    "Failing, 'no database'",
    "FailingField, 'no connection'",
    "ThreeQueues, '3 queues, of which the platform deploys at most 2'",
    "Missing, 'there is no class'"
  })
  void whatCannotBeWrittenIsRefusedBeforeAnythingIsWritten(String app, String reason) {
    assertThat(run("--directory", repository.toString(), Apps.class.getName() + "$" + app))
        .isEqualTo(2);

    assertThat(refusal()).contains(reason);
    assertThat(repository).isEmptyDirectory();
  }

  @Test
  void aManifestThatDoesNotFitIsLeftAsItIs() throws IOException {
    Files.createDirectories(repository.resolve("w7s"));
    String old = "{\"queues\": [{\"name\": \"jobs\", \"consumer\": \"/elsewhere\"}]}";
    Files.writeString(repository.resolve(DeployFiles.MANIFEST), old);

    assertThat(write(Apps.Worker.class)).isEqualTo(2);

    assertThat(refusal()).contains("w7s.json").contains("$.queues");
    assertThat(file(DeployFiles.MANIFEST)).isEqualTo(old);
    assertThat(repository.resolve(DeployFiles.BACKEND)).doesNotExist();
  }

  @Test
  void whoHasPublicRoutesIsToldOfTheSettingThatLetsThePublicIn() {
    write(Apps.Public.class);

    assertThat(said()).contains("set W7S_BRIDGE_PUBLIC to forward");
  }

  @Test
  void aBackendOfSomebodyElseIsLeftAsItIs() throws IOException {
    Files.createDirectories(repository.resolve(DeployFiles.BACKEND).getParent());
    Files.writeString(repository.resolve(DeployFiles.BACKEND), "export default mine;");

    assertThat(write(Apps.Worker.class)).isEqualTo(2);

    assertThat(refusal()).contains("index.js is there, and is not the bridge");
    assertThat(file(DeployFiles.BACKEND)).isEqualTo("export default mine;");
    assertThat(repository.resolve(DeployFiles.MANIFEST)).doesNotExist();
  }

  @Test
  void anOlderBridgeIsReplaced() throws IOException {
    write(Apps.Worker.class);
    String bridge = file(DeployFiles.BACKEND);
    Files.writeString(repository.resolve(DeployFiles.BACKEND), bridge + "// older");

    assertThat(write(Apps.Worker.class)).isZero();

    assertThat(file(DeployFiles.BACKEND)).isEqualTo(bridge);
  }

  @ParameterizedTest
  @ValueSource(strings = {"w7s/w7s.json", "w7s/backend/index.js", ".github/workflows/w7s.yml"})
  void aDirectoryInPlaceOfAFileIsRefusedBeforeAnythingIsWritten(String name) throws IOException {
    Files.createDirectories(repository.resolve(name).resolve("x"));
    Files.delete(repository.resolve(name).resolve("x"));

    assertThat(write(Apps.Worker.class)).isEqualTo(2);

    assertThat(refusal()).contains(repository.resolve(name).toString());
    try (Stream<Path> all = Files.walk(repository)) {
      assertThat(all).noneMatch(Files::isRegularFile);
    }
  }

  @Test
  void theAppIsAFieldOrIsNamed() {
    assertThat(write(Apps.Field.class)).isZero();
    assertThat(run("--directory", repository.toString(), Apps.Two.class.getName() + "#first"))
        .isZero();
  }

  @Test
  void theAppAndTheSdkAreOnTheClassPathThatIsGiven() {
    String classPath =
        Stream.of(
                Apps.class,
                W7sApp.class,
                JsonMapper.class,
                JsonParser.class,
                JsonProperty.class,
                LoggerFactory.class,
                LoggerContext.class,
                ch.qos.logback.core.Context.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .collect(Collectors.joining(File.pathSeparator));

    assertThat(
            run(
                "--class-path",
                classPath,
                "--directory",
                repository.toString(),
                Apps.Worker.class.getName()))
        .as(refusal())
        .isZero();

    assertThat(repository.resolve(DeployFiles.MANIFEST)).exists();
  }

  @Test
  void aClassPathThatIsNotThereIsRefused() {
    assertThat(run("--class-path", repository.resolve("lib").toString(), "com.acme.Worker"))
        .isEqualTo(2);

    assertThat(refusal()).contains("lib, which is not there");
  }

  @Test
  void wrongArgumentsAreAnsweredWithTheRightOnes() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("--speed", "fast", "com.acme.Worker")).isEqualTo(2);
    assertThat(run("--class-path")).isEqualTo(2);

    assertThat(refusal()).contains("usage:").contains("unknown option --speed");
  }

  @Test
  void aNewSecretHas32BytesAndIsAnotherOneEachTime() {
    run("new-secret");
    run("new-secret");

    String[] secrets = said().split("\\R");
    assertThat(secrets).hasSize(2).doesNotHaveDuplicates();
    assertThat(secrets)
        .allSatisfy(
            secret -> {
              assertThat(secret).startsWith("whsec_");
              assertThat(Base64.getDecoder().decode(secret.substring(6))).hasSize(32);
            });
  }
}
