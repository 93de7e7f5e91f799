package io.w7s.sdk.local.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.events.EventMap;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.Guide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java code in the guides compiles and runs. */
class DocsTest {

  private static final Path HERE = Path.of("src/test/java/io/w7s/sdk/local/docs");

  @ParameterizedTest
  @CsvSource({
    "events.md, EventsExample",
    "from-nats.md, FromNatsExample NatsExample",
    "local.md, LocalExample"
  })
  void guidesShowCompiledCodeOnly(String guide, String examples) throws IOException {
    Set<String> compiled = new TreeSet<>();
    for (String example : examples.split(" ", -1)) {
      compiled.addAll(Guide.compiled(HERE.resolve(example + ".java")));
    }

    assertThat(Guide.shown(Path.of("../docs", guide)))
        .containsExactlyInAnyOrderElementsOf(compiled);
  }

  @Test
  void deliversAnEventOnceThroughTheRouter() {
    var example = new EventsExample();

    List<PublishReceipt> receipts = example.run();

    assertThat(receipts)
        .extracting(receipt -> receipt.deliveries().get(0).status())
        .containsExactly(Status.ENQUEUED, Status.SKIPPED);
    assertThat(example.mails).containsExactly("a@b.c");
  }

  @Test
  void guideShowsTheMapOfItsApps() throws IOException {
    var example = new EventsExample();
    EventMap map = EventsExample.map(example.shop(), example.worker());

    assertThat(Files.readString(Path.of("../docs/events.md"))).contains(map.text());
    assertThat(map.subscriptionsWithoutPublishers()).isEmpty();
  }

  @Test
  void showsDeadLettersAndLosses() {
    assertThat(LocalExample.run(ClosedPort.url("/worker")))
        .singleElement()
        .satisfies(letter -> assertThat(letter.cause()).contains("is not reachable"));
  }
}
