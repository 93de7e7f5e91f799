package io.w7s.sdk.store;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the store uses, and what its module exports. */
class ArchitectureTest {

  private static final Path MAIN_CLASSES = mainClasses();
  private static final JavaClasses STORE = new ClassFileImporter().importPath(MAIN_CLASSES);

  @Test
  void usesThePublicApiAlone() {
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.w7s.sdk.internal.."))
        .check(STORE);
  }

  @Test
  void packagesBelowTheRootHaveNoCycles() {
    slices().matching("io.w7s.sdk.store.(**)").should().beFreeOfCycles().check(STORE);
  }

  /** The user brings the driver. */
  @Test
  void knowsNoDriver() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.postgresql..", "org.sqlite..", "org.h2..", "com.zaxxer.."))
        .check(STORE);
  }

  @Test
  void exportsOnePackageForEachRoom() {
    ModuleDescriptor module =
        ModuleFinder.of(MAIN_CLASSES).find("io.w7s.sdk.store").orElseThrow().descriptor();

    assertThat(module.exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder(
            "io.w7s.sdk.store",
            "io.w7s.sdk.store.blob",
            "io.w7s.sdk.store.contract",
            "io.w7s.sdk.store.event",
            "io.w7s.sdk.store.keyvalue",
            "io.w7s.sdk.store.local",
            "io.w7s.sdk.store.workflow");
  }

  private static Path mainClasses() {
    try {
      return Path.of(StoreSchema.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
