package io.w7s.sdk.events;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.w7s.sdk.app.W7sApp;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the event router uses, and what its module exports. */
class ArchitectureTest {

  private static final String ROOT = "io.w7s.sdk.events";
  private static final Path MAIN_CLASSES = mainClasses();
  private static final JavaClasses EVENTS = new ClassFileImporter().importPath(MAIN_CLASSES);

  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching(ROOT + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(EVENTS);
  }

  /** The router app is an ordinary app: of core's own parts it uses JSON, names and the wire. */
  @Test
  void usesOnlyThePublicApiAndTheWire() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.w7s.sdk.internal.codec..",
                "io.w7s.sdk.internal.call..",
                "io.w7s.sdk.internal.config.."))
        .check(EVENTS);
  }

  @Test
  void onlyTheRouterAppKnowsApps() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.EventRouterApp(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(W7sApp.class)
        .check(EVENTS);
  }

  @Test
  void opensNoSocketAndStartsNoThread() {
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.net..", "java.nio.channels.."))
        .orShould()
        .callConstructor(Thread.class, Runnable.class)
        .check(EVENTS);
  }

  @Test
  void takesTimeAndRandomnessFromTheTimeSource() {
    noClasses()
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .check(EVENTS);
  }

  @Test
  void exportsEveryPackage() {
    ModuleDescriptor module = ModuleFinder.of(MAIN_CLASSES).find(ROOT).orElseThrow().descriptor();
    assertThat(module.exports())
        .allMatch(export -> !export.isQualified())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrderElementsOf(module.packages());
  }

  private static Path mainClasses() {
    try {
      return Path.of(EventRouter.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
