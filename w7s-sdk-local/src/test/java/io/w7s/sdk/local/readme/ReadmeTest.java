package io.w7s.sdk.local.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The code in the README compiles and runs. */
class ReadmeTest {

  private static final String MARK = "// [example]\n";
  private static final Path README = Path.of("../README.md");
  private static final Path EXAMPLE =
      Path.of("src/test/java/io/w7s/sdk/local/readme/ReadmeExample.java");

  @Test
  void readmeShowsTheExample() throws IOException {
    String file = Files.readString(EXAMPLE);
    String example = file.substring(file.indexOf(MARK) + MARK.length(), file.lastIndexOf(MARK));

    assertThat(Files.readString(README)).contains("```java\n" + example + "```");
  }

  @Test
  void readmeStaysShort() throws IOException {
    assertThat(Files.readAllLines(README)).hasSizeLessThan(120);
  }

  @Test
  void exampleRuns() {
    PrintStream console = System.out;
    var printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      ReadmeExample.main(new String[0]);
    } finally {
      System.setOut(console);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("mail to ann");
  }
}
