package io.w7s.sdk.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A class of these tests in a JVM of its own, and what it says. */
record OtherProcess(Process process, BufferedReader said) implements AutoCloseable {

  /**
   * Starts it.
   *
   * @param folder where it may keep files
   */
  static OtherProcess start(Path folder, Class<?> main, String... arguments) throws IOException {
    Path silence = Files.writeString(folder.resolve("silence.xml"), "<configuration/>");
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // it does not live long
                "-Dlogback.configurationFile=" + silence,
                "-cp",
                classPath(),
                main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new OtherProcess(process, process.inputReader());
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  void awaitLine(String line) throws IOException {
    String read = said.readLine();
    while (read != null && !read.equals(line)) {
      read = said.readLine();
    }
    assertThat(read).isEqualTo(line);
  }

  /** Kills it: it does not get to finish anything. */
  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
