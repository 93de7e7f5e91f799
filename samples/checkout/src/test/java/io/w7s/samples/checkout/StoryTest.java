package io.w7s.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story goes as README.md tells it, with a process that is really killed. */
class StoryTest {

  @TempDir private Path directory;

  @Test
  void isTold() throws Exception {
    var lines = new ArrayList<String>();
    Story.tell(
        "jdbc:sqlite:"
            + directory.resolve("checkout.db")
            + "?journal_mode=WAL&busy_timeout=20000&transaction_mode=IMMEDIATE",
        lines::add);

    assertThat(lines)
        .filteredOn(line -> !line.startsWith(" "))
        .extracting(line -> line.split(" ", 2)[0])
        .containsExactly(
            "waits", "bought", "retried", "refused", "crash", "dead", "recovery", "sum");
    assertThat(line(lines, "waits")).endsWith("waiting for the payment");
    assertThat(lines.get(lines.indexOf(line(lines, "retried")) + 3))
        .contains("charge")
        .endsWith("at attempt 3");
    assertThat(line(lines, "refused"))
        .contains("the bank refuses card stolen")
        .endsWith("released: [shelf of ring]");
    assertThat(line(lines, "dead")).endsWith("running, last step payment");
    assertThat(line(lines, "sum"))
        .endsWith("4 reserved, 1 released, 3 charged, shipped to [ann, ben, dee]");
  }

  private static String line(List<String> lines, String chapter) {
    return lines.stream().filter(line -> line.startsWith(chapter)).findFirst().orElseThrow();
  }
}
