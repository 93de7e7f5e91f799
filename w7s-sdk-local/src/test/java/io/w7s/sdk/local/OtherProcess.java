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
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A class of these tests that runs in another JVM, and its output. */
record OtherProcess(Process process, BufferedReader output) implements AutoCloseable {

  /**
   * Starts a class whose log is off.
   *
   * @param folder a folder for its files
   */
  static OtherProcess start(Path folder, Class<?> main, String... arguments) throws IOException {
    Path silence = Files.writeString(folder.resolve("silence.xml"), "<configuration/>");
    List<String> options = List.of("-Dlogback.configurationFile=" + silence);
    Process process =
        new ProcessBuilder(command(options, entry -> true, main, arguments))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new OtherProcess(process, process.inputReader());
  }

  /** Starts a class without a logging library, and reads its standard error. */
  static OtherProcess startWithoutLogging(Class<?> main, String... arguments) throws IOException {
    Process process =
        new ProcessBuilder(command(List.of(), entry -> !entry.contains("logback"), main, arguments))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new OtherProcess(process, process.errorReader());
  }

  private static List<String> command(
      List<String> options, Predicate<String> wanted, Class<?> main, String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1"); // it does not live long
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(wanted), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String classPath(Predicate<String> wanted) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(wanted)
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  void awaitLine(String line) throws IOException {
    String read = output.readLine();
    while (read != null && !read.equals(line)) {
      read = output.readLine();
    }
    assertThat(read).isEqualTo(line);
  }

  /** Kills the process, which gets no chance to finish anything. */
  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
