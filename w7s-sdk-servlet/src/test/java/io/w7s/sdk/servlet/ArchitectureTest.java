package io.w7s.sdk.servlet;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the servlet uses, and what its module exports. */
class ArchitectureTest {

  private static final String ROOT = "io.w7s.sdk.servlet";
  private static final Path MAIN_CLASSES = mainClasses();
  private static final JavaClasses SERVLET = new ClassFileImporter().importPath(MAIN_CLASSES);

  @Test
  void usesCoreAndTheServletApiOnly() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                ROOT,
                "io.w7s.sdk",
                "io.w7s.sdk.app",
                "io.w7s.sdk.error",
                "io.w7s.sdk.internal.text",
                "io.w7s.sdk.internal.wire",
                "jakarta.servlet..",
                "java..",
                "org.jspecify..",
                "org.slf4j.."))
        .check(SERVLET);
  }

  @Test
  void startsNoThreadAndOpensNoSocket() {
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.nio.channels.."))
        .orShould()
        .callConstructor(Thread.class, Runnable.class)
        .check(SERVLET);
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
      return Path.of(W7sServlet.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
