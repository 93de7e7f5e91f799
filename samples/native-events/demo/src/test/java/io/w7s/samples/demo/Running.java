package io.w7s.samples.demo;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** An app of the sample as a process of its own, on a free port. */
record Running(Process process, String url) implements AutoCloseable {

  /** Starts an app, and returns when it serves; the others are where the URLs say. */
  static Running start(App app, Map<App, String> others) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1", // it does not live long
            "-cp",
            classPath(app),
            app.mainClass());
    builder.environment().put("W7S_MODE", "local");
    builder.environment().put(app.portVariable(), "0");
    others.forEach((other, url) -> builder.environment().put(other.urlVariable(), url));
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader said = process.inputReader();
    String serves = app + " serves ";
    String line = said.readLine();
    while (line != null && !line.startsWith(serves)) {
      line = said.readLine();
    }
    if (line == null) {
      process.destroyForcibly();
      throw new IOException(app + " ended before it served");
    }
    return new Running(process, line.substring(serves.length()));
  }

  /** That of the test, without the other apps: each has a w7s.properties of its own. */
  private static String classPath(App app) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(
            entry ->
                Arrays.stream(App.values()).noneMatch(each -> each != app && isOf(each, entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The entry is a folder of classes, or a jar beside it or in a repository. */
  private static boolean isOf(App app, String entry) {
    Path path = Path.of(entry);
    return path.endsWith(Path.of(app.repo(), "target", "classes"))
        || path.getFileName().toString().startsWith("w7s-sample-native-events-" + app.repo());
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
