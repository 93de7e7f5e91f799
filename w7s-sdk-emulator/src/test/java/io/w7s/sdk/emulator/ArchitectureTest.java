package io.w7s.sdk.emulator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the layering of the emulator. A failure names the two classes. */
class ArchitectureTest {

  private static final String ROOT = "io.w7s.sdk.emulator";
  private static final String INTERNAL = ROOT + ".internal";

  /** The packages from the ground up; each may use those before it, and none after it. */
  private static final List<String> LAYERS =
      List.of(
          ROOT + ".time",
          ROOT + ".app",
          INTERNAL + ".wire",
          ROOT + ".queue",
          ROOT + ".workflow",
          ROOT + ".schedule",
          INTERNAL + ".app",
          INTERNAL + ".queue",
          INTERNAL + ".event",
          INTERNAL + ".workflow",
          INTERNAL + ".schedule",
          INTERNAL + ".control",
          ROOT);

  private static final Path MAIN_CLASSES = mainClasses();
  private static final JavaClasses EMULATOR = new ClassFileImporter().importPath(MAIN_CLASSES);

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(EMULATOR);
  }

  @Test
  void packagesUseOnlyThoseBelowThem() {
    for (int i = 0; i < LAYERS.size() - 1; i++) {
      noClasses()
          .that()
          .resideInAPackage(LAYERS.get(i))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(LAYERS.subList(i + 1, LAYERS.size()).toArray(String[]::new))
          .check(EMULATOR);
    }
  }

  @Test
  void everyPackageHasItsPlaceInTheLayering() {
    assertThat(packages().map(JavaPackage::getName)).containsExactlyInAnyOrderElementsOf(LAYERS);
  }

  @Test
  void enginesDoNotUseEachOther() {
    slices()
        .matching(INTERNAL + ".(queue|workflow|schedule)")
        .should()
        .notDependOnEachOther()
        .check(EMULATOR);
  }

  @Test
  void moduleExportsAllButInternalPackages() {
    assertThat(descriptor().exports().stream().filter(export -> !export.isQualified()))
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrderElementsOf(
            LAYERS.stream().filter(name -> !name.startsWith(INTERNAL)).toList());
    assertThat(descriptor().exports().stream().filter(ModuleDescriptor.Exports::isQualified))
        .isEmpty();
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(packages())
        .allSatisfy(
            one ->
                assertThat(one.tryGetPackageInfo())
                    .as("package-info of %s", one.getName())
                    .hasValueSatisfying(
                        info -> assertThat(info.isAnnotatedWith(NullMarked.class)).isTrue()));
  }

  private static Stream<JavaPackage> packages() {
    JavaPackage root = EMULATOR.getPackage(ROOT);
    return Stream.concat(Stream.of(root), root.getSubpackagesInTree().stream())
        .filter(one -> !one.getClasses().isEmpty());
  }

  private static ModuleDescriptor descriptor() {
    return ModuleFinder.of(MAIN_CLASSES)
        .find(ROOT)
        .orElseThrow(() -> new AssertionError("no module " + ROOT + " in " + MAIN_CLASSES))
        .descriptor();
  }

  private static Path mainClasses() {
    try {
      return Path.of(Platform.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
