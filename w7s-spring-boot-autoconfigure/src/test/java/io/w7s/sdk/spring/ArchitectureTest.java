package io.w7s.sdk.spring;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String ROOT = "io.w7s.sdk.spring";

  private static final JavaClasses STARTER =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("w7s-sdk-"))
          .importPackages(ROOT);

  @Test
  void usesWhatCoreIsFor() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                ROOT + "..",
                "io.micrometer..",
                "io.w7s.sdk",
                "io.w7s.sdk.app",
                "io.w7s.sdk.consumption",
                "io.w7s.sdk.error",
                "io.w7s.sdk.event",
                "io.w7s.sdk.hosted",
                "io.w7s.sdk.json",
                "io.w7s.sdk.manifest",
                "io.w7s.sdk.micrometer",
                "io.w7s.sdk.queue",
                "io.w7s.sdk.rpc",
                "io.w7s.sdk.schedule",
                "io.w7s.sdk.servlet",
                "io.w7s.sdk.signature",
                "io.w7s.sdk.spi",
                "io.w7s.sdk.step",
                "io.w7s.sdk.store..",
                "io.w7s.sdk.workflow",
                "io.w7s.sdk.internal.text",
                "io.w7s.sdk.internal.wire",
                "jakarta.servlet..",
                "java..",
                "javax.sql..",
                "org.jspecify..",
                "org.reactivestreams..",
                "org.slf4j..",
                "org.springframework..",
                "reactor.core..",
                "tools.jackson.databind.."))
        .check(STARTER);
  }

  @Test
  void packagesHaveNoCycle() {
    slices().matching(ROOT + ".internal.(*)..").should().beFreeOfCycles().check(STARTER);
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".autoconfigure")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".autoconfigure")
        .check(STARTER);
  }

  @Test
  void optionalPartsAreNamedInOnePlaceEach() {
    noClasses()
        .that()
        .haveNameNotMatching(".*(W7sActuatorAutoConfiguration|BridgeHealth).*")
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.w7s.sdk.hosted.."))
        .check(STARTER);
    noClasses()
        .that()
        .haveNameNotMatching(".*(W7sActuatorAutoConfiguration|W7sEndpoint|W7sHealthIndicator).*")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "org.springframework.boot.actuate..", "org.springframework.boot.health.."))
        .check(STARTER);
    noClasses()
        .that()
        .haveNameNotMatching(
            ".*(W7sStoreAutoConfiguration|W7sObservationAutoConfiguration"
                + "|W7sActuatorAutoConfiguration|StoreProbe).*")
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.w7s.sdk.store.."))
        .check(STARTER);
    noClasses()
        .that()
        .haveNameNotMatching(".*(W7sObservationAutoConfiguration|BeanMeters).*")
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.micrometer..", "io.w7s.sdk.micrometer.."))
        .check(STARTER);
    noClasses()
        .that()
        .haveNameNotMatching(".*(Servlet|RecordingFilter|RecordedRequest).*")
        .should()
        .dependOnClassesThat(resideInAnyPackage("jakarta.servlet..", "io.w7s.sdk.servlet"))
        .check(STARTER);
    noClasses()
        .that()
        .haveNameNotMatching(".*(WebFlux|RecordingWebFilter|RecordedExchange|MountedWebHandler).*")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("reactor.core..", "org.springframework.web.server.."))
        .check(STARTER);
  }
}
