package io.w7s.sdk;

import io.w7s.sdk.internal.config.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** The places around a program that hold settings, none of them the machine's own. */
final class Surroundings {

  private static final String FILE = "w7s.properties";

  private final Path folder;
  private final Path workingDirectory;
  private final Properties system = new Properties();
  private final Map<String, String> variables = new HashMap<>();
  private final List<Path> entries = new ArrayList<>();

  Surroundings(Path folder) {
    this.folder = folder;
    this.workingDirectory = created(folder.resolve("work"));
  }

  Surroundings property(String key, String value) {
    system.setProperty(key, value);
    return this;
  }

  Surroundings withoutProperties() {
    system.clear();
    return this;
  }

  Surroundings variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** Puts one more folder with {@code w7s.properties} on the class path. */
  Surroundings file(String... lines) {
    return file(text(lines));
  }

  Surroundings file(byte[] content) {
    Path entry = created(folder.resolve("entry" + entries.size()));
    write(entry.resolve(FILE), content);
    entries.add(entry);
    return this;
  }

  /** Puts one more jar with {@code w7s.properties} on the class path. */
  Surroundings jar(String... lines) {
    Path jar = folder.resolve("entry" + entries.size() + ".jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(FILE));
      out.write(text(lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    entries.add(jar);
    return this;
  }

  /** Writes a file in the working directory. */
  Path workFile(String name, String... lines) {
    return write(workingDirectory.resolve(name), text(lines));
  }

  /** Returns the URL of the settings in a folder or jar on the class path. */
  URL fileUrl(int index) {
    Path entry = entries.get(index);
    try {
      return Files.isDirectory(entry)
          ? url(entry.resolve(FILE))
          : new URL("jar:" + url(entry) + "!/" + FILE);
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }

  W7sConfig load() {
    return load(W7sConfig.builder());
  }

  W7sConfig load(W7sConfig.Builder explicit) {
    URL[] urls = entries.stream().map(Surroundings::url).toArray(URL[]::new);
    try (var loader = new URLClassLoader(urls, null)) {
      return explicit.load(Settings.of(system, variables, workingDirectory, List.of(loader)));
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

  private static byte[] text(String... lines) {
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }

  private static Path write(Path file, byte[] content) {
    try {
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path created(Path folder) {
    try {
      return Files.createDirectory(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }
}
