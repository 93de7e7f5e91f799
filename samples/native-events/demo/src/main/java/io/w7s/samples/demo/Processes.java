package io.w7s.samples.demo;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The processes of the apps, each a JVM of its own with a log of its own. */
final class Processes {

  private final Path sample;
  private final Map<App, Process> running = new EnumMap<>(App.class);
  private boolean stopped;

  /** Starts what is built in the folder of the sample. */
  Processes(Path sample) {
    this.sample = sample;
  }

  synchronized void start(App app) throws Failure {
    if (stopped) {
      throw new Failure("interrupted");
    }
    requireFree(app);
    Path target = sample.resolve(app.repo()).resolve("target");
    String classPath = target.resolve("classes") + File.pathSeparator + target.resolve("lib/*");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process = new ProcessBuilder(java, "-cp", classPath, app.mainClass());
    process.environment().put("W7S_MODE", "local");
    process.environment().put(app.portVariable(), String.valueOf(app.port()));
    for (App other : App.values()) {
      process.environment().put(other.urlVariable(), other.url());
    }
    try {
      running.put(app, process.redirectErrorStream(true).redirectOutput(log(app).toFile()).start());
    } catch (IOException e) {
      throw new Failure("starting " + app + ": " + e.getMessage());
    }
  }

  private static void requireFree(App app) throws Failure {
    try (var probe = new ServerSocket(app.port(), 1, InetAddress.getLoopbackAddress())) {
      probe.getLocalPort();
    } catch (IOException taken) {
      throw new Failure(
          "starting %s: port %d is in use (%s); set %s to a free one"
              .formatted(app, app.port(), taken.getMessage(), app.portVariable()));
    }
  }

  /** Does nothing while the process of an app runs. */
  synchronized void requireRunning(App app) throws Failure {
    Process process = running.get(app);
    if (!process.isAlive()) {
      throw new Failure(
          "starting %s: it ended with exit code %d: %s"
              .formatted(app, process.exitValue(), lastLine(log(app))));
    }
  }

  Path log(App app) {
    return sample.resolve(app.repo()).resolve("target").resolve(app + ".log");
  }

  private static String lastLine(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "it wrote nothing" : lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "its log " + log + " cannot be read";
    }
  }

  /** Asks every process to end, and waits until it has; none can be started afterwards. */
  synchronized void stop() {
    stopped = true;
    running.values().forEach(Process::destroy);
    for (Process process : running.values()) {
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
      }
    }
  }
}
