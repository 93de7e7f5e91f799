package io.w7s.sdk.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.w7s.sdk.error.InvalidInputException;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class JsonWriterTest {

  private static final JsonFields FIELDS = JsonFields.of("text");

  @Property(tries = 500)
  void textIsReadBackAsItWas(@ForAll String text) {
    byte[] json = new JsonWriter(0).beginObject().field("text", text).endObject().toBytes();
    assertThat(JsonReader.read(JsonSlice.of(json), "text", JsonWriterTest::firstField))
        .isEqualTo(text);
  }

  private static String firstField(JsonReader in) {
    in.enterObject();
    in.nextField(FIELDS);
    String text = in.text();
    in.nextField(FIELDS);
    return text;
  }

  @Example
  void halfOfASurrogatePairIsRefused() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new JsonWriter(8).text("a\uD800b"))
        .withMessage("text: found half of a surrogate pair, must be whole characters");
  }

  @Example
  void commasStandBetweenValuesOnly() {
    byte[] json =
        new JsonWriter(1)
            .beginObject()
            .field("a", 1)
            .field("gone", (String) null)
            .name("b")
            .beginArray()
            .beginObject()
            .endObject()
            .text("x")
            .beginArray()
            .endArray()
            .endArray()
            .field("c", JsonSlice.of(new byte[0]))
            .endObject()
            .toBytes();
    assertThat(json).asString(UTF_8).isEqualTo("{\"a\":1,\"b\":[{},\"x\",[]],\"c\":null}");
    assertThat(JsonValues.parse(json)).isInstanceOf(Map.class);
  }
}
