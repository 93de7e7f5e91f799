package io.w7s.sdk.local.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.event.EventMap;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java in the guides is code that compiles and does what it seems to. */
class DocsTest {

  private static final Path HERE = Path.of("src/test/java/io/w7s/sdk/local/docs");
  private static final Pattern REGION =
      Pattern.compile("(?m)^ *// \\[([a-z-]+)]\\R(.*?)\\R *// \\[\\1]$", Pattern.DOTALL);
  private static final Pattern BLOCK =
      Pattern.compile("(?m)^```java\\R(.*?)\\R```$", Pattern.DOTALL);

  @ParameterizedTest
  @CsvSource({"events.md, EventsExample", "from-nats.md, FromNatsExample NatsExample"})
  void aGuideShowsWhatIsCompiledAndNoOtherJava(String guide, String examples) throws IOException {
    Set<String> compiled = new TreeSet<>();
    for (String example : examples.split(" ", -1)) {
      REGION
          .matcher(Files.readString(HERE.resolve(example + ".java")))
          .results()
          .forEach(region -> compiled.add(region.group(2).stripTrailing().stripIndent().strip()));
    }
    List<String> shown =
        BLOCK
            .matcher(Files.readString(Path.of("../docs", guide)))
            .results()
            .map(block -> block.group(1).strip())
            .toList();

    assertThat(shown).containsExactlyInAnyOrderElementsOf(compiled);
  }

  @Test
  void anEventGoesFromProcessToProcessAndIsNotDeliveredTwice() {
    var example = new EventsExample();

    List<PublishReceipt> receipts = example.run();

    assertThat(receipts)
        .extracting(receipt -> receipt.deliveries().get(0).status())
        .containsExactly(Status.ENQUEUED, Status.SKIPPED);
    assertThat(example.mails).containsExactly("a@b.c");
  }

  @Test
  void theMapOfTheGuideIsThatOfItsApps() throws IOException {
    var example = new EventsExample();
    EventMap map = EventsExample.map(example.shop().manifest(), example.worker().manifest());

    assertThat(Files.readString(Path.of("../docs/events.md"))).contains(map.text());
    assertThat(map.subscriptionsWithoutPublishers()).isEmpty();
  }
}
