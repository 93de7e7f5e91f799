package io.w7s.sdk.testing.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All code in docs/testing.md compiles and runs. */
class SnippetsTest {

  private static final Path GUIDE = Path.of("../docs/testing.md");
  private static final Path CODE = Path.of("src/test/java/io/w7s/sdk/testing/guide");
  private static final Pattern SNIPPET =
      Pattern.compile("( *)// \\[(\\w+)]\n(.*?)\n *// \\[\\2]\n", Pattern.DOTALL);
  private static final Pattern SHOWN = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

  @Test
  void everyJavaBlockOfTheGuideIsATestedSnippet() throws IOException {
    List<String> shown =
        SHOWN.matcher(Files.readString(GUIDE)).results().map(found -> found.group(1)).toList();

    assertThat(shown).containsExactlyInAnyOrderElementsOf(snippets());
  }

  @Test
  void theFirstTestFitsInFifteenLines() throws IOException {
    Matcher first = SHOWN.matcher(Files.readString(GUIDE));
    assertThat(first.find()).isTrue();
    assertThat(first.group(1).lines()).hasSizeLessThanOrEqualTo(15);
  }

  private static List<String> snippets() throws IOException {
    try (Stream<Path> files = Files.list(CODE)) {
      return files
          .sorted()
          .map(SnippetsTest::read)
          .flatMap(code -> SNIPPET.matcher(code).results())
          .map(found -> found.group(3).replaceAll("(?m)^" + found.group(1), ""))
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
