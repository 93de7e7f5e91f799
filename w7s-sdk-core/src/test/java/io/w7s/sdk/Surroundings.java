package io.w7s.sdk;

import io.w7s.sdk.internal.config.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The three places around a program that hold settings, none of them the machine's own. */
final class Surroundings {

  private final Path folder;
  private final Properties system = new Properties();
  private final Map<String, String> variables = new HashMap<>();
  private final List<Path> files = new ArrayList<>();

  Surroundings(Path folder) {
    this.folder = folder;
  }

  Surroundings property(String key, String value) {
    system.setProperty(key, value);
    return this;
  }

  Surroundings variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** Puts one more {@code w7s.properties} on the class path. */
  Surroundings file(String... lines) {
    try {
      Path entry = Files.createDirectory(folder.resolve("entry" + files.size()));
      files.add(Files.write(entry.resolve("w7s.properties"), List.of(lines)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  URL fileUrl(int index) {
    return url(files.get(index));
  }

  W7sConfig load() {
    return load(W7sConfig.builder());
  }

  W7sConfig load(W7sConfig.Builder explicit) {
    URL[] entries = files.stream().map(file -> url(file.getParent())).toArray(URL[]::new);
    try (var loader = new URLClassLoader(entries, null)) {
      return explicit.load(Settings.of(system, variables, List.of(loader)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns all that a log would show of a failure, causes included. */
  static String printed(Throwable failure) {
    var text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }
}
