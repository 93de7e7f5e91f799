package io.w7s.sdk.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonSlice;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What the reader makes of a delivery that was cut off, or of which one byte is wrong. */
class DamagedDeliveryTest {

  private static final Instant AT = Instant.parse("2026-05-24T22:00:00.123Z");
  private static final Caller CALLER =
      new Caller(AppId.parse("acme/shop"), Environment.of("preview"));

  /** The repository is skipped: the two slugs say the same. */
  private static final String SKIPPED = "\"acme/shop\"";

  private static byte[] delivery() {
    return new QueueDelivery(
            "jobs", "w7s-q", List.of(message("m1", "{\"a\":[1,\"x\\\"\"]}"), message("m2", "7")))
        .toJson();
  }

  private static QueueDelivery.Message message(String id, String body) {
    return new QueueDelivery.Message(
        id, 2, AT, AT.plusMillis(1), CALLER, JsonSlice.of(body.getBytes(UTF_8)));
  }

  @Test
  void refusesEveryBeginningOfADelivery() {
    byte[] json = delivery();
    for (int length = 0; length < json.length; length++) {
      byte[] beginning = Arrays.copyOf(json, length);
      assertThatThrownBy(() -> QueueDelivery.read(beginning))
          .as("%d bytes", length)
          .isInstanceOf(CodecException.class);
    }
  }

  @Property(tries = 2000)
  void refusesADeliveryThatIsNotJsonOutsideOfItsBodies(
      @ForAll @IntRange(max = 500) int position, @ForAll byte damage) {
    byte[] json = delivery();
    int at = position % json.length;
    if (isSkipped(at)) {
      return;
    }
    json[at] = damage;
    QueueDelivery read;
    try {
      read = QueueDelivery.read(json);
    } catch (CodecException refused) {
      return;
    }
    boolean bodiesAreJson = read.messages().stream().allMatch(message -> isJson(message.body()));
    if (bodiesAreJson) {
      assertThat(isJson(JsonSlice.of(json))).as(new String(json, UTF_8)).isTrue();
    }
  }

  private static boolean isSkipped(int at) {
    String text = new String(delivery(), UTF_8);
    int first = text.indexOf(SKIPPED);
    int second = text.lastIndexOf(SKIPPED);
    return (at > first && at < first + SKIPPED.length())
        || (at > second && at < second + SKIPPED.length());
  }

  private static boolean isJson(JsonSlice json) {
    try {
      json.requireJson("it");
      return true;
    } catch (CodecException notJson) {
      return false;
    }
  }
}
