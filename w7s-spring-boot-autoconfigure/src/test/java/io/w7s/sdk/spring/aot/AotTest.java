package io.w7s.sdk.spring.aot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor.Settings;

/**
 * An application is processed ahead of time, as {@code spring-boot:process-aot} does, and what came
 * of it runs.
 */
@Timeout(300) // of hanging, not of being slow
class AotTest {

  private static final String[] PROPERTIES = {
    "--w7s.app=acme/shop",
    "--w7s.mode=memory",
    "--spring.datasource.url=jdbc:h2:mem:aot",
    "--management.endpoints.web.exposure.include=w7s"
  };

  @TempDir private Path dir;

  @Test
  void anApplicationThatWasProcessedAheadOfTimeHandlesAMessage() throws Exception {
    Path sources = dir.resolve("sources");
    Path resources = dir.resolve("resources");
    Path classes = dir.resolve("classes");
    new SpringApplicationAotProcessor(
            AotShop.class,
            Settings.builder()
                .sourceOutput(sources)
                .resourceOutput(resources)
                .classOutput(classes)
                .groupId("io.w7s")
                .artifactId("aot-shop")
                .build(),
            PROPERTIES)
        .process();
    compile(sources, classes);

    String printed = run(resources, classes);

    assertThat(printed).contains("Starting AOT-processed AotShop", "handled o1");
    assertThat(hints(resources))
        .contains("io.w7s.sdk.spring.aot.AotShop$Order", "place")
        .contains("io.w7s.sdk.spring.internal.actuator.W7sEndpoint$Topology");
  }

  private static void compile(Path sources, Path classes) throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    Files.createDirectories(classes);
    try (Stream<Path> files = Files.walk(sources);
        StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
      List<Path> java = files.filter(file -> file.toString().endsWith(".java")).toList();
      boolean compiled =
          javac
              .getTask(
                  null,
                  manager,
                  null,
                  List.of(
                      "-proc:none",
                      "-nowarn",
                      "-classpath",
                      classPath() + File.pathSeparator + classes,
                      "-d",
                      classes.toString()),
                  null,
                  manager.getJavaFileObjectsFromPaths(java))
              .call();
      assertThat(compiled).isTrue();
    }
  }

  private String run(Path resources, Path classes) throws Exception {
    Path out = dir.resolve("out");
    var command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dspring.aot.enabled=true",
                    "-cp",
                    String.join(
                        File.pathSeparator, classes.toString(), resources.toString(), classPath()),
                    AotShop.class.getName()),
                Stream.of(PROPERTIES))
            .toList();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      int status = process.waitFor();
      String printed = Files.readString(out);
      assertThat(status).as(printed).isZero();
      return printed;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Returns the class path: that of the JVM, or of a test runner that has its own loader. */
  private static String classPath() {
    return AotTest.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs())
            .map(URL::getPath)
            .collect(Collectors.joining(File.pathSeparator))
        : System.getProperty("java.class.path");
  }

  private static String hints(Path resources) throws IOException {
    try (Stream<Path> files = Files.walk(resources)) {
      var text = new StringBuilder();
      for (Path file : files.filter(file -> file.toString().endsWith(".json")).toList()) {
        text.append(Files.readString(file));
      }
      return text.toString();
    }
  }
}
