package io.w7s.sdk.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The recordings of what the platform did: from the folder that the system property {@code
 * w7s.conformance.dir} names, else the project's own copy.
 */
public final class Recordings {

  private static final String CHOSEN = "w7s.conformance.dir";
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(5_000).build())
                  .build())
          .build();
  private static final Pattern REPEAT = Pattern.compile("<repeat:(.):(\\d+)>");

  private Recordings() {}

  /** Returns the cases of one file, {@code <repeat:c:n>} expanded; a file without any fails. */
  public static List<JsonNode> load(String file) {
    JsonNode cases;
    try (InputStream in = open(file)) {
      cases = JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("no recording " + file, e);
    }
    if (!cases.isArray() || cases.isEmpty()) {
      throw new IllegalStateException("no cases in " + file);
    }
    return List.copyOf(expanded(cases).valueStream().toList());
  }

  /** Returns the names of all files whose name starts so. */
  public static SortedSet<String> files(String prefix) {
    var names = new TreeSet<String>();
    try (var files = Files.newDirectoryStream(folder(), prefix + "*.json")) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  /** Reads one JSON value. */
  public static JsonNode parse(String json) {
    return JSON.readTree(json);
  }

  /** Writes JSON in ASCII, so that a surrogate without its other half outlives it. */
  public static byte[] bytes(JsonNode json) {
    return JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsBytes(json);
  }

  /** Returns the names of all files below {@code fresh/} whose name starts so, with the folder. */
  public static SortedSet<String> freshFiles(String prefix) {
    var names = new TreeSet<String>();
    try (var files = Files.newDirectoryStream(folder().resolve("fresh"), prefix + "*.json")) {
      files.forEach(file -> names.add("fresh/" + file.getFileName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  private static InputStream open(String file) throws IOException {
    if (System.getProperty(CHOSEN) != null) {
      return Files.newInputStream(folder().resolve(file));
    }
    InputStream own = Recordings.class.getResourceAsStream("/conformance/" + file);
    if (own == null) {
      throw new NoSuchFileException(file);
    }
    return own;
  }

  private static Path folder() {
    String chosen = System.getProperty(CHOSEN);
    if (chosen != null) {
      return Path.of(chosen);
    }
    URL own = Recordings.class.getResource("/conformance");
    if (own == null) {
      throw new IllegalStateException("no /conformance on the class path");
    }
    try {
      URI uri = own.toURI();
      if (uri.getScheme().equals("jar")) { // the tests of other modules have it in a jar
        openJar(uri);
      }
      return Path.of(uri);
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes the paths of a jar known for as long as the JVM runs. */
  private static synchronized void openJar(URI uri) throws IOException {
    try {
      FileSystems.newFileSystem(uri, Map.of());
    } catch (FileSystemAlreadyExistsException known) {
      // an earlier call was here
    }
  }

  private static JsonNode expanded(JsonNode node) {
    if (node.isString()) {
      return StringNode.valueOf(expanded(node.stringValue()));
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = JSON.createArrayNode();
      array.forEach(inner -> copy.add(expanded(inner)));
      return copy;
    }
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JSON.createObjectNode();
      object.forEachEntry((key, inner) -> copy.set(key, expanded(inner)));
      return copy;
    }
    return node;
  }

  private static String expanded(String text) {
    return REPEAT
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(found.group(1).repeat(Integer.parseInt(found.group(2)))));
  }
}
