package io.w7s.sdk.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class JsonSliceTest {

  private static final JsonCodec CODEC = JacksonCodec.create();
  private static final TypeRef<Object> ANYTHING = TypeRef.of(Object.class);

  @Property(tries = 1000)
  void bodyInADeliveryIsTheBodyAlone(
      @ForAll("json") Object body, @ForAll("json") Object other, @ForAll Random random) {
    String alone = spaced(JsonValues.write(body), random);
    String around = JsonValues.write(other);
    String delivery =
        spaced("{\"x\":" + around + ",\"messages\":[{\"id\":\"é😀\",\"body\":", random)
            + alone
            + spaced(",\"y\":" + around + "},{\"id\":\"2\"}],\"queue\":\"q\"}", random);

    JsonSlice slice = QueueDelivery.read(delivery.getBytes(UTF_8)).messages().get(0).body();

    assertThat(slice.toBytes()).asString(UTF_8).isEqualTo(alone.strip());
    assertThat(CODEC.decode(slice.array(), slice.offset(), slice.length(), ANYTHING))
        .isEqualTo(CODEC.decode(alone.getBytes(UTF_8), ANYTHING));
    assertThat(JsonValues.parse(slice.toBytes())).isEqualTo(JsonValues.parse(alone));
  }

  @Property(tries = 500)
  void bodiesWrittenAreTheBodiesRead(
      @ForAll("json") Object one, @ForAll("json") Object two, @ForAll("text") String id) {
    var delivery =
        new QueueDelivery(
            "q",
            null,
            List.of(
                new QueueDelivery.Message(id, 1, null, null, null, slice(one)),
                new QueueDelivery.Message("2", 7, null, null, null, slice(two))));
    assertThat(QueueDelivery.read(delivery.toJson())).isEqualTo(delivery);
  }

  @Property(tries = 300)
  void eventWithinADeliveryIsTheEventAlone(@ForAll("json") Object data, @ForAll("text") String id) {
    var event = new EventMessage(id, "a.b", "acme/shop", null, slice(data));
    byte[] delivery =
        new QueueDelivery(
                "é",
                id,
                List.of(
                    new QueueDelivery.Message(
                        id, 1, null, null, null, JsonSlice.of(event.toJson()))))
            .toJson();
    assertThat(EventMessage.read(QueueDelivery.read(delivery).messages().get(0).body()))
        .isEqualTo(event);
  }

  @Example
  void slicesOfEqualBytesAreEqual() {
    var one = new JsonSlice("[1]".getBytes(UTF_8), 1, 1);
    assertThat(one)
        .isEqualTo(JsonSlice.of("1".getBytes(UTF_8)))
        .hasSameHashCodeAs(JsonSlice.of("1".getBytes(UTF_8)))
        .isNotEqualTo(JsonSlice.of("2".getBytes(UTF_8)));
  }

  @Example
  void textOfASliceShowsNoContent() {
    assertThat(JsonSlice.of("\"secret\"".getBytes(UTF_8))).hasToString("JsonSlice[8 bytes]");
  }

  @Example
  void sliceBeyondItsArrayIsRefused() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> new JsonSlice(new byte[3], 2, 2));
  }

  @Provide
  Arbitrary<Object> json() {
    Arbitrary<Object> leaf =
        Arbitraries.oneOf(
            text().map(value -> value),
            Arbitraries.bigIntegers().map(value -> value),
            Arbitraries.bigDecimals().ofScale(5).map(value -> value),
            Arbitraries.of(true, false),
            Arbitraries.just(Absent.NULL));
    return Arbitraries.recursive(() -> leaf, this::nested, 0, 3).map(JsonSliceTest::withNulls);
  }

  private Arbitrary<Object> nested(Arbitrary<Object> inner) {
    return Arbitraries.oneOf(
        inner.list().ofMaxSize(3).map(value -> value),
        Arbitraries.maps(text(), inner).ofMaxSize(3).map(value -> value),
        inner);
  }

  /** Strings of whole characters of every plane; a lone surrogate cannot be UTF-8. */
  @Provide
  Arbitrary<String> text() {
    return Arbitraries.oneOf(
        Arbitraries.of("", "\"", "\\", "{\"body\":1}", "]}", "é€😀", "\u0000\u001f\u2028"),
        Arbitraries.strings()
            .ofMaxLength(8)
            .filter(value -> value.chars().noneMatch(c -> Character.isSurrogate((char) c))));
  }

  /** Generators hand out no null of their own. */
  private enum Absent {
    NULL
  }

  private static Object withNulls(Object value) {
    if (value instanceof List<?> list) {
      var copy = new ArrayList<Object>();
      list.forEach(inner -> copy.add(withNulls(inner)));
      return copy;
    }
    if (value instanceof Map<?, ?> map) {
      var copy = new LinkedHashMap<String, Object>();
      map.forEach((key, inner) -> copy.put((String) key, withNulls(inner)));
      return copy;
    }
    return value == Absent.NULL ? null : value;
  }

  private static JsonSlice slice(Object value) {
    return JsonSlice.of(JsonValues.write(value).getBytes(UTF_8));
  }

  /** Puts white space around every bracket, colon and comma outside of strings. */
  private static String spaced(String json, Random random) {
    var spaced = new StringBuilder();
    boolean inText = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '"' && (i == 0 || !escaped(json, i))) {
        inText = !inText;
      }
      boolean mark = !inText && "{}[]:,".indexOf(c) >= 0;
      spaced.append(mark ? space(random) : "").append(c).append(mark ? space(random) : "");
    }
    return spaced.toString();
  }

  private static boolean escaped(String json, int quote) {
    int backslashes = 0;
    while (json.charAt(quote - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private static String space(Random random) {
    return String.join(
        "", Collections.nCopies(random.nextInt(3), " \r\n\t".substring(random.nextInt(4))));
  }
}
