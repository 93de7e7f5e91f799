package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A guide and the code that it shows, so that a test can hold the two together. */
public final class Guide {

  private static final Pattern REGION =
      Pattern.compile("(?m)^ *// \\[([a-z-]+)]\\R(.*?)\\R *// \\[\\1]$", Pattern.DOTALL);
  private static final Pattern BLOCK =
      Pattern.compile("(?m)^```java\\R(.*?)\\R```$", Pattern.DOTALL);

  private Guide() {}

  /** Returns the Java that a guide shows. */
  public static List<String> shown(Path guide) throws IOException {
    return BLOCK
        .matcher(Files.readString(guide))
        .results()
        .map(block -> block.group(1).strip())
        .toList();
  }

  /** Returns the parts of a source file that are marked, {@code // [name]}, to be shown. */
  public static List<String> compiled(Path source) throws IOException {
    return REGION
        .matcher(Files.readString(source))
        .results()
        .map(region -> region.group(2).stripTrailing().stripIndent().strip())
        .distinct()
        .toList();
  }
}
