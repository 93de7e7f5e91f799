package io.w7s.sdk.store;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Starts another JVM with the classes of the test. */
public final class ChildJvm {

  private ChildJvm() {}

  /** Starts a main class. What it writes to its error stream is written to that of the test. */
  public static Process start(Class<?> main, String... args) throws IOException {
    return start(List.of(), classPath(), main, args);
  }

  /** Starts a main class with options of the JVM. */
  public static Process start(List<String> options, Class<?> main, String... args)
      throws IOException {
    return start(options, classPath(), main, args);
  }

  /** Starts a main class without the jars whose names begin with a text. */
  public static Process startWithout(String jar, Class<?> main, String... args) throws IOException {
    String classPath =
        Arrays.stream(classPath().split(File.pathSeparator))
            .filter(entry -> !entry.contains(File.separator + jar))
            .collect(Collectors.joining(File.pathSeparator));
    return start(List.of(), classPath, main, args);
  }

  private static Process start(
      List<String> options, String classPath, Class<?> main, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(Arrays.asList(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Returns the class path: that of the JVM, or of a test runner that has a loader of its own. */
  private static String classPath() {
    return ChildJvm.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs())
            .map(ChildJvm::file)
            .collect(Collectors.joining(File.pathSeparator))
        : System.getProperty("java.class.path");
  }

  private static String file(URL url) {
    try {
      URI uri = url.toURI();
      return Path.of(uri).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
