package io.w7s.sdk.micrometer;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.w7s.sdk.internal.text.ThrowableText;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the module uses, and what it exports. */
class ArchitectureTest {

  private static final String ROOT = "io.w7s.sdk.micrometer";
  private static final Path MAIN_CLASSES = mainClasses();
  private static final JavaClasses MICROMETER = new ClassFileImporter().importPath(MAIN_CLASSES);

  @Test
  void usesThePublicApiAndMicrometerOnly() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.w7s.sdk.internal..", "io.micrometer.tracing..", "java.sql..")
                .and(not(type(ThrowableText.class)))) // for the log
        .check(MICROMETER);
  }

  /** Who has no store must not need it. */
  @Test
  void onlyTheMetersOfTheStoreUseTheStore() {
    classes()
        .that()
        .doNotHaveSimpleName("OutboxMetrics")
        .and()
        .doNotHaveSimpleName("EventStoreMetrics")
        .and()
        .haveNameNotMatching(".*(Outbox|EventStore)Metrics\\$.*")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                ROOT,
                "io.micrometer..",
                "io.w7s.sdk",
                "io.w7s.sdk.app",
                "io.w7s.sdk.consumption",
                "io.w7s.sdk.error",
                "io.w7s.sdk.internal.text",
                "io.w7s.sdk.queue",
                "io.w7s.sdk.spi",
                "io.w7s.sdk.step",
                "io.w7s.sdk.workflow",
                "java..",
                "org.jspecify..",
                "org.slf4j.."))
        .check(MICROMETER);
  }

  @Test
  void exportsItsPackage() {
    ModuleDescriptor module = ModuleFinder.of(MAIN_CLASSES).find(ROOT).orElseThrow().descriptor();
    assertThat(module.exports())
        .allMatch(export -> !export.isQualified())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrderElementsOf(module.packages());
  }

  private static Path mainClasses() {
    try {
      return Path.of(
          W7sObservations.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
