package io.w7s.sdk.internal.config;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Finds and reads {@code w7s.properties}, in UTF-8. */
final class SettingsFile {

  static final String NAME = "w7s.properties";

  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_SHOWN = 500;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private SettingsFile() {}

  /**
   * Reads the file that a setting names.
   *
   * @throws ConfigurationException when it is not there or cannot be read
   */
  static PropertySource named(Path folder, String file) {
    Path path;
    try {
      path = folder.resolve(file).toAbsolutePath();
    } catch (InvalidPathException e) {
      // Not as a cause: it repeats the text as it is.
      throw new ConfigurationException("found no path of a file, but " + shown(file));
    }
    return read(shown(path), () -> Files.newInputStream(path));
  }

  /**
   * Reads the file in the working directory, then those on the class path in its order. The list is
   * empty when there is none.
   *
   * @throws ConfigurationException when two jars have one, or one cannot be read
   */
  static List<PropertySource> find(Path folder, List<ClassLoader> loaders) {
    var files = new ArrayList<PropertySource>();
    Path local = folder.resolve(NAME).toAbsolutePath();
    if (Files.exists(local)) {
      files.add(read(shown(local), () -> Files.newInputStream(local)));
    }
    locations(loaders).forEach((name, url) -> files.add(read(name, () -> open(url))));
    return files;
  }

  // By text, because comparing two URL objects may ask the network for their hosts.
  private static Map<String, URL> locations(List<ClassLoader> loaders) {
    var locations = new LinkedHashMap<String, URL>();
    for (ClassLoader loader : loaders) {
      try {
        Collections.list(loader.getResources(NAME))
            .forEach(url -> locations.put(url.toString(), url));
      } catch (IOException e) {
        throw new ConfigurationException("Cannot look for " + NAME + " on the class path", e);
      }
    }
    // Folders are the outputs of one build, which puts tests before main. Jars come in any order.
    List<String> inJars =
        locations.entrySet().stream()
            .filter(each -> !each.getValue().getProtocol().equals("file"))
            .map(Map.Entry::getKey)
            .toList();
    if (inJars.size() > 1) {
      throw new ConfigurationException(
          "More than one jar on the class path has a %s: %s. Keep one of them, or name the file to read in %s."
              .formatted(NAME, String.join(" and ", inJars), Setting.CONFIG));
    }
    return locations;
  }

  private static InputStream open(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    // A cached connection would keep the jar open after its class loader was closed.
    connection.setUseCaches(false);
    return connection.getInputStream();
  }

  private interface Opener {
    InputStream open() throws IOException;
  }

  private static PropertySource read(String name, Opener file) {
    var properties = new Properties();
    try (InputStream in = file.open()) {
      properties.load(new StringReader(text(name, in.readNBytes(MAX_BYTES + 1))));
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("Cannot read " + name + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new ConfigurationException("Cannot read " + name + ": it is not in UTF-8", e);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "Cannot read %s: \\u must be followed by four hexadecimal digits. Write a backslash as \\\\."
              .formatted(name),
          e);
    } catch (IOException e) {
      throw new ConfigurationException("Cannot read " + name + ": " + shown(e), e);
    }
    return PropertySource.ofFile(name, properties);
  }

  private static String text(String name, byte[] bytes) throws CharacterCodingException {
    if (bytes.length > MAX_BYTES) {
      throw new ConfigurationException(
          "Cannot read %s: it has more than %d bytes".formatted(name, MAX_BYTES));
    }
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private static String shown(Object pathOrFailure) {
    return SafeText.of(pathOrFailure.toString(), MAX_SHOWN);
  }
}
