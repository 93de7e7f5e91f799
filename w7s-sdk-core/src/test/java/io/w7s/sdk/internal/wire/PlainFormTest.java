package io.w7s.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonValues;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The quick way to read an envelope reads what the thorough one reads, or declines. */
class PlainFormTest {

  private static final Instant AT = Instant.parse("2026-05-24T22:00:00.123Z");
  private static final List<String> TEXTS =
      List.of("", "}", "]", "\"", "\\", "\\\"", ",", "ü", "\u0000", "plain");
  private static final Caller CALLER =
      new Caller(AppId.parse("acme/shop"), Environment.of("preview"));

  private static QueueDelivery.Message message(String id, String body) {
    return new QueueDelivery.Message(
        id, 2, AT, AT.plusMillis(1), CALLER, JsonSlice.of(body.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "null",
        "\"text\"",
        "\"a \\\" quote and a \\\\\"",
        "{}",
        "[]",
        "{\"a\":[1,{\"b\":\"}\"}]}",
        "\"}]\"",
        "-1.5e3",
        "{\"ü\":\"\\u00fc\"}",
        "true"
      })
  void whatThePlatformWritesIsReadWhateverItsBody(String body) {
    var delivery =
        new QueueDelivery("jobs", "w7s-q", List.of(message("m1", body), message("m2", "2")));
    byte[] json = delivery.toJson();
    assertThat(PlainDelivery.read(json)).isNotNull().isEqualTo(delivery);
    assertThat(QueueDelivery.read(json)).isEqualTo(delivery);
  }

  /** A value of at most this depth, with all that could be taken for the end of another. */
  private static Object value(Random random, int depth) {
    int kind = random.nextInt(depth == 0 ? 4 : 6);
    return switch (kind) {
      case 0 -> random.nextLong();
      case 1 -> random.nextBoolean();
      case 2, 3 -> TEXTS.get(random.nextInt(TEXTS.size()));
      case 4 -> Stream.generate(() -> value(random, depth - 1)).limit(random.nextInt(4)).toList();
      default ->
          TEXTS.stream()
              .limit(random.nextInt(4))
              .collect(Collectors.toMap(text -> text, text -> value(random, depth - 1)));
    };
  }

  @Property(tries = 1000)
  void everyBodyIsFoundFromEndToEnd(@ForAll long seed) {
    var random = new Random(seed);
    String one = JsonValues.write(value(random, 4));
    String two = JsonValues.write(value(random, 4));
    QueueDelivery read =
        PlainDelivery.read(
            new QueueDelivery("jobs", "q", List.of(message("m1", one), message("m2", two)))
                .toJson());
    assertThat(read.messages())
        .extracting(message -> new String(message.body().toBytes(), StandardCharsets.UTF_8))
        .containsExactly(one, two);
  }

  @Property(tries = 500)
  void aDamagedEnvelopeIsReadAsTheThoroughWayReadsItOrDeclined(
      @ForAll @IntRange(max = 400) int at, @ForAll byte damage) {
    byte[] json =
        new QueueDelivery(
                "jobs", "q", List.of(message("m1", "{\"a\":[1,\"x\"]}"), message("m2", "7")))
            .toJson();
    json[at % json.length] = damage;
    QueueDelivery quick = PlainDelivery.read(json);
    if (quick == null) {
      return;
    }
    boolean bodiesAreJson = quick.messages().stream().allMatch(message -> isJson(message.body()));
    if (bodiesAreJson) {
      JsonSlice.of(json).requireJson("delivery"); // what it took is JSON as a whole
    }
  }

  private static boolean isJson(JsonSlice body) {
    try {
      body.requireJson("body");
      return true;
    } catch (CodecException notJson) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"queue\":\"jobs\"}",
        "{ \"queue\":\"jobs\",\"queueName\":\"q\",\"messages\":[]}",
        "{\"queue\":\"jo\\u0062s\",\"queueName\":\"q\",\"messages\":[]}",
        "{\"queue\":\"jobs\",\"queueName\":\"q\",\"messages\":[{\"id\":\"m1\",\"attempts\":1}]}",
        "{\"queue\":\"jobs\",\"queueName\":\"q\",\"messages\":[{\"id\":\"m1\",\"attempts\":0"
      })
  void anotherFormIsDeclined(String json) {
    assertThat(PlainDelivery.read(utf8(json))).isNull();
  }

  @Test
  void everyBeginningOfADeliveryIsDeclined() {
    byte[] json = new QueueDelivery("jobs", "q", List.of(message("m1", "{\"a\":\"b\"}"))).toJson();
    for (int length = 0; length < json.length; length++) {
      assertThat(PlainDelivery.read(Arrays.copyOf(json, length))).isNull();
    }
  }

  @Test
  void anEventIsReadInEitherOrder() {
    var event = new EventMessage("e1", "a.b", "acme/shop", AT, JsonSlice.of(utf8("{\"x\":1}")));
    assertThat(EventMessage.read(JsonSlice.of(event.toJson()))).isEqualTo(event);
    String turned =
        "{\"subject\":\"a.b\",\"id\":\"e1\",\"source\":\"acme/shop\","
            + "\"time\":\"2026-05-24T22:00:00.123Z\",\"data\":{\"x\":1}}";
    assertThat(EventMessage.read(JsonSlice.of(utf8(turned)))).isEqualTo(event);
  }

  @Test
  void anEventWithMoreFieldsKeepsThem() {
    String more =
        "{\"id\":\"e1\",\"subject\":\"a.b\",\"source\":\"acme/shop\","
            + "\"time\":\"2026-05-24T22:00:00.123Z\",\"data\":{\"x\":1},"
            + "\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}";
    assertThat(EventMessage.read(JsonSlice.of(utf8(more))).traceParent()).startsWith("00-0af7");
  }
}
