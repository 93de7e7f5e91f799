package io.w7s.sdk.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.internal.wire.WorkflowDelivery;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Envelopes around bodies that no codec reads. */
class JsonReaderTest {

  static Stream<Named<String>> bodies() {
    return Stream.of(
        Named.of("20,000 arrays", "[".repeat(20_000) + "]".repeat(20_000)),
        Named.of("600 objects", "{\"a\":".repeat(600) + "1" + "}".repeat(600)),
        Named.of("a number of 2,000 digits", "9".repeat(2_000)),
        Named.of("a fraction of 2,000 digits", "0." + "9".repeat(2_000)),
        Named.of("a name of 60,000 characters", "{\"" + "a".repeat(60_000) + "\":1}"),
        Named.of("half of a surrogate pair as a name", "{\"\\ud800\":1}"),
        Named.of("the other half", "{\"a\\uDC00b\":1}"),
        Named.of("both halves in the wrong order", "{\"\\udc00\\ud800\":1}"),
        Named.of("two first halves", "{\"\\ud83d\\ud83d\\ude00\":\"\\\\ud800\"}"));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void readsADeliveryWhateverItsBodiesAre(String body) {
    String delivery =
        ("{'queue':'q','x':1,'messages':[{'id':'m1','attempts':1,'body':%s},"
                + "{'id':'m2','attempts':2,'body':{'sku':'a'}}]}")
            .replace('\'', '"')
            .formatted(body);

    QueueDelivery read = QueueDelivery.read(delivery.getBytes(UTF_8));

    assertThat(read.messages()).extracting(QueueDelivery.Message::id).containsExactly("m1", "m2");
    assertThat(read.messages().get(0).body().toBytes()).asString(UTF_8).isEqualTo(body);
    assertThat(read.messages().get(1).body().toBytes())
        .asString(UTF_8)
        .isEqualTo("{\"sku\":\"a\"}");
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void readsEventsAndWorkflowsWhateverTheirBodiesAre(String body) {
    String event =
        "{'x':1,'id':'e1','subject':'a.b','source':'acme/shop','data':%s}"
            .replace('\'', '"')
            .formatted(body);
    String workflow =
        "{'x':1,'workflow':'w','workflowName':'n','instanceId':'i1','payload':%s}"
            .replace('\'', '"')
            .formatted(body);

    assertThat(EventMessage.read(JsonSlice.of(event.getBytes(UTF_8))).data().toBytes())
        .asString(UTF_8)
        .isEqualTo(body);
    assertThat(WorkflowDelivery.read(workflow.getBytes(UTF_8)).payload().toBytes())
        .asString(UTF_8)
        .isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"\\ud800\":1",
        "{\"\\ud800\":x}",
        "{\"\\ud80\":1}",
        "{\"\\u",
        "{\"\\ud800\\u",
        "\\",
      })
  void refusesWhatIsNotJsonWithAndWithoutSurrogates(String json) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(
            () ->
                JsonReader.read(
                    JsonSlice.of(json.getBytes(UTF_8)),
                    "text",
                    in -> {
                      in.skip();
                      return "read";
                    }));
  }

  @Test
  void looksForSurrogatesInTheSliceAlone() {
    byte[] json = "\\ud800{}\\ud800".getBytes(UTF_8);
    assertThat(LoneSurrogates.replaced(new JsonSlice(json, 6, 2))).isNull();
    assertThat(LoneSurrogates.replaced(JsonSlice.of(json)))
        .asString(UTF_8)
        .isEqualTo("\\ufffd{}\\ufffd");
    assertThat(json).asString(UTF_8).as("the source stays as it is").startsWith("\\ud800");
  }

  @Test
  void boundsTheDepthOfABodyThatIsChecked() {
    String deep = "[".repeat(501) + "]".repeat(501);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> JsonSlice.of(deep.getBytes(UTF_8)).requireJson("body"));
  }
}
