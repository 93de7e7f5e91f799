package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which settings files are read, and what is in them. */
class SettingsFilesTest {

  private Surroundings around;

  @BeforeEach
  void emptySurroundings(@TempDir Path folder) {
    around = new Surroundings(folder);
  }

  private static W7sConfig.Builder memory() {
    return W7sConfig.builder().mode(Mode.MEMORY).app("acme/caller");
  }

  @Test
  void testsCopyWinsOverMains() {
    around.file("w7s.app=acme/of-the-test", "w7s.mode=memory");
    around.file("w7s.app=acme/of-main", "w7s.mode=local", "w7s.environment=staging");

    W7sConfig config = around.load();

    assertThat(config.app()).hasToString("acme/of-the-test");
    assertThat(config.mode()).isEqualTo(Mode.MEMORY);
    assertThat(config.environment()).hasToString("staging");
  }

  @Test
  void foldersAndOneJarAreReadInClassPathOrder() {
    around.file("w7s.app=acme/folder").jar("w7s.app=acme/jar", "w7s.environment=staging");

    assertThat(around.load().app()).hasToString("acme/folder");
    assertThat(around.load().environment()).hasToString("staging");
  }

  @Test
  void twoJarsAreRefusedWithBothUrls() {
    around.file("w7s.mode=local").jar("w7s.mode=local").jar("w7s.mode=memory");

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(around.fileUrl(1).toString())
        .hasMessageContaining(around.fileUrl(2).toString())
        .hasMessageContaining("w7s.config (variable W7S_CONFIG)");
  }

  @Test
  void workingDirectoryComesBeforeTheClassPath() {
    around.workFile("w7s.properties", "w7s.app=acme/work");
    around.file("w7s.app=acme/folder", "w7s.environment=staging");

    assertThat(around.load().app()).hasToString("acme/work");
    assertThat(around.load().environment()).hasToString("staging");
  }

  @ParameterizedTest
  @ValueSource(strings = {"property", "variable"})
  void namedFileIsReadInsteadOfTheOthers(String by) {
    around.workFile("w7s.properties", "w7s.environment=work");
    around.file("w7s.environment=staging");
    around.jar("w7s.mode=local").jar("w7s.mode=memory");
    around.workFile("my.settings", "w7s.app=acme/named");
    if (by.equals("property")) {
      around.property("w7s.config", "my.settings").variable("W7S_CONFIG", "no.file");
    } else {
      around.variable("W7S_CONFIG", "my.settings");
    }

    assertThat(around.load().app()).hasToString("acme/named");
    assertThat(around.load().environment()).isEqualTo(Environment.PRODUCTION);
  }

  @Test
  void namedFileMayBeAnywhere(@TempDir Path elsewhere) {
    Path file = new Surroundings(elsewhere).workFile("x.properties", "w7s.app=acme/named");
    around.variable("W7S_CONFIG", file.toString());

    assertThat(around.load().app()).hasToString("acme/named");
  }

  @Test
  void namedFileThatIsMissingIsRefused() {
    around.variable("W7S_CONFIG", "no.file");

    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Bad variable W7S_CONFIG: Cannot read ")
        .hasMessageEndingWith("no.file: there is no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "no\0path"})
  void namedFileThatIsNoFileIsRefused(String path) {
    around.property("w7s.config", path);

    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Bad system property w7s.config: ")
        .hasMessageNotContaining("\0");
  }

  @Test
  void fileCannotNameAnotherFile() {
    around.file("w7s.config=other.properties");

    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("w7s.config in " + around.fileUrl(0))
        .hasMessageContaining("W7S_CONFIG");
  }

  @Test
  void byteOrderMarkIsSkipped() {
    around.file("\uFEFFw7s.app=acme/marked", "w7s.environment=staging");

    assertThat(around.load().app()).hasToString("acme/marked");
    assertThat(around.load().environment()).hasToString("staging");
  }

  @Test
  void emptyFileIsRead() {
    around.file(new byte[0]).file("\uFEFF");

    assertThat(around.load(memory()).environment()).isEqualTo(Environment.PRODUCTION);
  }

  @Test
  void fileIsReadAsUtf8() {
    around.file("w7s.mode=prüfung");

    assertThatThrownBy(around::load).hasMessageContaining("found \"prüfung\"");
  }

  @Test
  void fileInAnotherEncodingIsRefused() {
    around.file("w7s.mode=prüfung".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("Cannot read " + around.fileUrl(0) + ": it is not in UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"w7s.app=\\u12", "w7s.local.manifests.a/b=C:\\users\\w7s.json"})
  void badUnicodeEscapeIsRefusedWithTheFile(String line) {
    around.file(line);

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Cannot read "
                + around.fileUrl(0)
                + ": \\u must be followed by four hexadecimal digits. Write a backslash as \\\\.");
  }

  @Test
  void hugeFileIsRefused() {
    around.file("#".repeat(1 << 20));
    assertThat(around.load(memory()).environment()).isEqualTo(Environment.PRODUCTION);

    around.file("#".repeat((1 << 20) + 1));
    assertThatThrownBy(() -> around.load(memory()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(around.fileUrl(1) + ": it has more than 1048576 bytes");
  }
}
