package io.w7s.sdk.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the module says about itself, read from its compiled form. */
class ModulesTest {

  private static final Path LOCAL_CLASSES = Path.of("target", "classes");

  @Test
  void sharesNoPackageWithCore() throws URISyntaxException {
    Path core = Path.of(AppId.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(descriptor(LOCAL_CLASSES).packages())
        .doesNotContainAnyElementsOf(descriptor(core).packages());
  }

  @Test
  void exportsOnePackageToEveryone() {
    assertThat(descriptor(LOCAL_CLASSES).exports())
        .filteredOn(exports -> !exports.isQualified())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactly("io.w7s.sdk.local");
  }

  /** A provider that only one of the two lists names is found on one of the two paths only. */
  @Test
  void providersAreTheSameOnModulePathAndClassPath() throws IOException {
    for (ModuleDescriptor.Provides provides : descriptor(LOCAL_CLASSES).provides()) {
      Path list = LOCAL_CLASSES.resolve("META-INF/services").resolve(provides.service());
      assertThat(Files.readAllLines(list)).containsExactlyElementsOf(provides.providers());
    }
  }

  private static ModuleDescriptor descriptor(Path classes) {
    return ModuleFinder.of(classes).findAll().iterator().next().descriptor();
  }
}
