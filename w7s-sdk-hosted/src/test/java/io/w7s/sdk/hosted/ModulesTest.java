package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds what two modules must agree on, read from their compiled form. */
class ModulesTest {

  private static final Path HOSTED_CLASSES = Path.of("target", "classes");

  @Test
  void noPackageIsInTwoModules() throws URISyntaxException {
    Path core = Path.of(AppId.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(descriptor(HOSTED_CLASSES).packages())
        .doesNotContainAnyElementsOf(descriptor(core).packages());
  }

  @Test
  void moduleExportsItsOnePackage() {
    assertThat(descriptor(HOSTED_CLASSES).exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactly("io.w7s.sdk.hosted");
  }

  /**
   * A provider that only one of the two lists names is found on the module path or the class path,
   * not on both.
   */
  @Test
  void providersAreTheSameOnModulePathAndClassPath() throws IOException {
    for (ModuleDescriptor.Provides provides : descriptor(HOSTED_CLASSES).provides()) {
      Path list = HOSTED_CLASSES.resolve("META-INF/services").resolve(provides.service());
      assertThat(Files.readAllLines(list)).containsExactlyElementsOf(provides.providers());
    }
  }

  private static ModuleDescriptor descriptor(Path classes) {
    return ModuleFinder.of(classes).findAll().iterator().next().descriptor();
  }
}
