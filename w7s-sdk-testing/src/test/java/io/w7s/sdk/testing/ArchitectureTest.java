package io.w7s.sdk.testing;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.w7s.sdk.testing.contract.QueueContract;
import io.w7s.sdk.testing.contract.TransportContract;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the testing kit must not use, and what its module exports and provides. */
class ArchitectureTest {

  private static final String ROOT = "io.w7s.sdk.testing";
  private static final Path MAIN_CLASSES = classesOf(InMemoryW7s.class);
  private static final JavaClasses TESTING = new ClassFileImporter().importPath(MAIN_CLASSES);
  private static final JavaClasses EMULATOR =
      new ClassFileImporter().importPackages("io.w7s.sdk.emulator");
  private static final DescribedPredicate<JavaClass> CANARY = belongToAnyOf(Canary.class);

  @Test
  void packagesBelowTheRootHaveNoCycles() {
    slices().matching("io.w7s.sdk.testing.(**)").should().beFreeOfCycles().check(TESTING);
  }

  @Test
  void nothingButTheContractOfServersOpensSockets() {
    ArchRule noSockets =
        noClasses()
            .that()
            .haveNameNotMatching(Pattern.quote(ROOT + ".contract.RawConnection"))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("java.net..", "java.nio.channels..", "com.sun.net..")
                    .and(DescribedPredicate.not(belongToAnyOf(URI.class))));
    noSockets.check(TESTING);
    noSockets.check(EMULATOR);
  }

  @Test
  void onlyTheContractStartsThreads() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".contract")
        .should()
        .dependOnClassesThat(belongToAnyOf(Executors.class))
        .orShould()
        .callConstructor(Thread.class, Runnable.class)
        .check(TESTING);
  }

  @Test
  void nothingSleepsOrReadsTheMachinesClock() {
    noClasses()
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .check(TESTING);
  }

  @Test
  void optionalLibrariesStayInTheirPackages() {
    staysIn("org.junit..", ROOT + ".junit", ROOT + ".contract");
    staysIn("org.assertj..", ROOT + ".assertj", ROOT + ".contract");
    staysIn("com.github.tomakehurst..", ROOT + ".wiremock");
    noClasses()
        .that(DescribedPredicate.not(CANARY))
        .should()
        .dependOnClassesThat(resideInAnyPackage("ch.qos.logback.."))
        .check(TESTING);
  }

  private static void staysIn(String library, String... packages) {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat(resideInAnyPackage(library))
        .check(TESTING);
  }

  @Test
  void theTransportContractNestsEachOfItsParts() {
    Class<?> parts = QueueContract.class.getSuperclass();

    assertThat(TransportContract.class.getDeclaredClasses())
        .extracting(nested -> nested.getSuperclass().getName())
        .containsExactlyInAnyOrderElementsOf(
            TESTING.stream()
                .filter(
                    part ->
                        part.getRawSuperclass().filter(s -> s.isEquivalentTo(parts)).isPresent())
                .map(JavaClass::getName)
                .toList());
  }

  @Test
  void everyPackageIsExported() {
    assertThat(descriptor().exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrderElementsOf(descriptor().packages());
  }

  /**
   * A provider that only one of the two lists names is found on the module path or on the class
   * path, not on both.
   */
  @Test
  void providersAreTheSameOnModulePathAndClassPath() throws IOException {
    assertThat(descriptor().provides()).hasSize(1);
    for (ModuleDescriptor.Provides provides : descriptor().provides()) {
      Path list = MAIN_CLASSES.resolve("META-INF/services").resolve(provides.service());
      assertThat(Files.readAllLines(list)).containsExactlyElementsOf(provides.providers());
    }
  }

  private static ModuleDescriptor descriptor() {
    return ModuleFinder.of(MAIN_CLASSES).find(ROOT).orElseThrow().descriptor();
  }

  private static Path classesOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
