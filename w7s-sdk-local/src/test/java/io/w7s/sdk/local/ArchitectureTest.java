package io.w7s.sdk.local;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds which packages of this module may use which. A failure names the two classes. */
class ArchitectureTest {

  private static final String ROOT = "io.w7s.sdk.local";
  private static final String SERVER = ROOT + ".internal.server";
  private static final String TRANSPORT = ROOT + ".internal.transport";
  private static final JavaClasses LOCAL =
      new ClassFileImporter(
              java.util.List.of(
                  new ImportOption.DoNotIncludeTests(), location -> !location.contains("/test")))
          .importPackages(ROOT);

  @Test
  void packagesHaveNoCycles() {
    slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(LOCAL);
  }

  @Test
  void serverAndTransportDoNotKnowEachOther() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage(SERVER)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(TRANSPORT, "io.w7s.sdk.emulator..", "io.w7s.sdk.okhttp..", "okhttp3..")
        .check(LOCAL);
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage(TRANSPORT)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SERVER, "org.apache.hc..")
        .check(LOCAL);
  }

  @Test
  void httpCoreStaysInTheServer() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackage(SERVER)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.hc..")
        .check(LOCAL);
  }

  @Test
  void timeComesFromTheTimeSource() {
    ArchRuleDefinition.noClasses()
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .check(LOCAL);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(LOCAL.stream().map(JavaClass::getPackage).distinct())
        .hasSize(3)
        .allSatisfy(
            each ->
                assertThat(each.tryGetPackageInfo())
                    .as(each.getName())
                    .hasValueSatisfying(
                        info -> assertThat(info.isAnnotatedWith(NullMarked.class)).isTrue()));
  }

  private static final class ByPackage implements SliceAssignment {

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return type.getPackageName().startsWith(ROOT)
          ? SliceIdentifier.of(type.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}
