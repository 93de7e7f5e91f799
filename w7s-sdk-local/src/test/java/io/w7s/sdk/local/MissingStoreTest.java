package io.w7s.sdk.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7s;
import io.w7s.sdk.error.ConfigurationException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The module that keeps messages in a file is not among the dependencies of this one. */
class MissingStoreTest {

  @Test
  void aStoreThatIsSetAndNotThereIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("messages.db");

    assertThatThrownBy(() -> W7s.of(Calls.config().localStore(file).build()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("w7s.local.store (variable W7S_LOCAL_STORE) is set")
        .hasMessageContaining("io.w7s:w7s-sdk-store")
        .hasMessageContaining("org.xerial:sqlite-jdbc");
    assertThat(file).doesNotExist();
  }
}
