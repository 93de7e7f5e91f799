package io.w7s.sdk.internal.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.internal.wire.WorkflowDelivery;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

  private static final JsonFields FIELDS = JsonFields.of("id", "time", "body", "longer-than-8");

  /** Reads the fields of one object as text: names, and the bytes of their values. */
  private static List<String> fields(JsonReader in) {
    var fields = new ArrayList<String>();
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      fields.add(name + "=" + new String(in.slice().toBytes(), UTF_8));
    }
    return fields;
  }

  private static <T> T read(String json, Function<JsonReader, T> read) {
    return read(json.getBytes(UTF_8), read);
  }

  private static <T> T read(byte[] json, Function<JsonReader, T> read) {
    // Other bytes around the value show that the reader stays within it.
    byte[] around = new byte[json.length + 16];
    Arrays.fill(around, (byte) '"');
    System.arraycopy(json, 0, around, 8, json.length);
    return JsonReader.read(new JsonSlice(around, 8, json.length), "thing", read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                         | []",
        "{\"id\":1}                                 | [id=1]",
        "{\"id\":1,\"time\":2,\"body\":3}           | [id=1, time=2, body=3]",
        "{\"body\":3,\"time\":2,\"id\":1}           | [body=3, time=2, id=1]",
        "{\"longer-than-8\":\"a\",\"id\":{\"id\":7}}| [longer-than-8=\"a\", id={\"id\":7}]",
        "{\"idx\":1,\"i\":2,\"\":3,\"id\":4}        | [idx=1, i=2, =3, id=4]",
        "{\"id\":1,\"id\":2}                        | [id=1, id=2]",
        "{ \"id\" : [ 1 , 2 ] , \"time\" : null }   | [id=[ 1 , 2 ], time=null]",
        "{\"\\u0069d\":true,\"é\":false}            | [id=true, é=false]",
        "{\"body\":\"a\\\"}{\\\\\",\"id\":-1.5E+3}  | [body=\"a\\\"}{\\\\\", id=-1.5E+3]",
        "{\"body\":[[\"]\"],{\"a\":\"}\"}]}         | [body=[[\"]\"],{\"a\":\"}\"}]]",
      })
  void findsEachFieldAndTheEndOfItsValue(String json, String fields) {
    assertThat(read(json, JsonReaderTest::fields)).hasToString(fields);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"id\"",
        "{\"id\":",
        "{\"id\":1",
        "{\"id\":1,",
        "{\"id\":1,}",
        "{,\"id\":1}",
        "{\"id\" 1}",
        "{\"id\":}",
        "{\"id\":,}",
        "{\"id\":1 \"time\":2}",
        "{\"id\":1;}",
        "{id:1}",
        "{'id':1}",
        "{\"id\":\"a}",
        "{\"id\":\"a\\\"}",
        "{\"id\":[1}",
        "{\"id\":<x>}",
        "{}}",
        "{} 1",
        "\u0000{}",
      })
  void refusesWhatIsNotOneObject(String json) {
    assertThatThrownBy(() -> read(json, JsonReaderTest::fields))
        .isInstanceOf(CodecException.class)
        .hasMessageStartingWith("thing at line 1, column ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1,]", "[,1]", "[1 2]", "[1", "[1,", "[", "[}"})
  void refusesWhatIsNotOneArray(String json) {
    assertThatThrownBy(
            () ->
                read(
                    json,
                    in -> {
                      in.enterArray();
                      while (in.nextElement()) {
                        in.skip();
                      }
                      return 0;
                    }))
        .isInstanceOf(CodecException.class);
  }

  @Test
  void saysWhereTheJsonIsWrong() {
    assertThatThrownBy(() -> read("{\n \"id\":1,\n  id:2}", JsonReaderTest::fields))
        .hasMessage("thing at line 3, column 3: not JSON in UTF-8");
    assertThatThrownBy(() -> read("{} {}", JsonReaderTest::fields))
        .hasMessage("thing at line 1, column 4: more text after the JSON value");
    assertThatThrownBy(() -> read("{\"id\":[", JsonReaderTest::fields))
        .hasMessage("thing at line 1, column 8: the JSON ends too early");
    assertThatThrownBy(() -> read(" \n", JsonReaderTest::fields))
        .hasMessage("thing: no JSON at all");
  }

  @Test
  void skipsAByteOrderMark() {
    assertThat(read("\uFEFF{\"id\":1}", JsonReaderTest::fields)).containsExactly("id=1");
  }

  @Test
  void skipsAnyDepthWithoutRecursion() {
    String deep = "[".repeat(1_000_000) + "]".repeat(1_000_000);
    assertThat(read("{\"body\":" + deep + "}", JsonReaderTest::fields))
        .containsExactly("body=" + deep);
  }

  // ---- Values

  @Property(tries = 1000)
  void readsAnyTextThatIsWrittenAsJson(@ForAll String text) {
    boolean hasHalfAPair =
        !new String(text.getBytes(UTF_8), UTF_8).equals(text); // UTF-8 cannot hold one
    if (!hasHalfAPair) {
      assertThat(read(JsonValues.write(text), JsonReader::text)).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 6, 7, 8, 9, 15, 16, 17, 40})
  void readsTextOfEveryLength(int length) {
    String text = "x".repeat(length);
    assertThat(read('"' + text + '"', JsonReader::text)).isEqualTo(text);
    assertThat(read('"' + text + "\\n\"", JsonReader::text)).isEqualTo(text + '\n');
    assertThat(read('"' + text + "é\"", JsonReader::text)).isEqualTo(text + 'é');
    for (String broken : List.of("\n", "\u0000", "\u001f", "\\x", "\\u00g0", "\\")) {
      assertThatThrownBy(() -> read('"' + text + broken + '"', JsonReader::text))
          .as("text with %s", JsonValues.write(broken))
          .isInstanceOf(CodecException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u00ff", "\u00c3(", "\u00e2\u0082", "\u00c0\u0080", "\u0080"})
  void refusesTextThatIsNotUtf8(String bytes) {
    byte[] json = ("\"0123456789" + bytes + "\"").getBytes(ISO_8859_1);
    assertThatThrownBy(() -> read(json, JsonReader::text))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("not JSON in UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
  void refusesOtherEncodings(String charset) {
    byte[] json = "{\"id\":1}".getBytes(Charset.forName(charset));
    assertThatThrownBy(() -> read(json, JsonReaderTest::fields))
        .hasMessageContaining("not JSON in UTF-8");
    byte[] text = "\"id\"".getBytes(UTF_16LE);
    assertThatThrownBy(() -> read(text, JsonReader::text))
        .hasMessageContaining("not JSON in UTF-8");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 10, 999_999_999, Integer.MAX_VALUE})
  void readsPositiveNumbers(int number) {
    assertThat(read(String.valueOf(number), JsonReader::positiveInt)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "01",
        "1.0",
        "1e3",
        "2147483648",
        "9223372036854775808",
        "1x",
        "\"1\"",
        "null",
        "true",
        "[1]",
        "99999999999999999999999999999999"
      })
  void refusesOtherNumbers(String json) {
    assertThatThrownBy(() -> read(json, JsonReader::positiveInt))
        .hasMessage("thing at $: must be a whole number from 1 to 2147483647");
  }

  @Test
  void readsInstantsAlsoRepeatedOnes() {
    String one = "\"2026-05-24T21:59:00.000Z\"";
    String two = "\"2026-05-24T23:59:00.001+02:00\"";
    String json = "[" + String.join(",", one, one, "null", two, one, two, two) + "]";
    Instant first = Instant.parse("2026-05-24T21:59:00Z");
    Instant second = first.plusMillis(1);
    List<Instant> read =
        read(
            json,
            in -> {
              var instants = new ArrayList<Instant>();
              in.enterArray();
              while (in.nextElement()) {
                instants.add(in.instantOrNull());
              }
              return instants;
            });
    assertThat(read).containsExactly(first, first, null, second, first, second, second);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nul", "nulls", "Null", "nullnull"})
  void takesNothingElseForNull(String json) {
    assertThatThrownBy(() -> read(json, JsonReader::textOrNull)).isInstanceOf(CodecException.class);
  }

  @Test
  void namesARefusedValueByItsPath() {
    assertThatThrownBy(
            () ->
                read(
                    "{\"body\":[0,{\"x\":[],\"id\":{\"secret\":1}}]}",
                    in -> {
                      in.enterObject();
                      in.nextField(FIELDS);
                      in.enterArray();
                      in.nextElement();
                      in.skip();
                      in.nextElement();
                      in.enterObject();
                      in.nextField(FIELDS);
                      in.skip();
                      in.nextField(FIELDS);
                      return in.text();
                    }))
        .hasMessage("thing at $.body[1].id: must be text");
  }

  @Test
  void goesOnBehindAValueThatCannotBeRead() {
    var read = new ArrayList<String>();
    JsonReader.read(
        JsonSlice.of("[{\"id\":[{\"id\":7}]} ,\"next\"]".getBytes(UTF_8)),
        "thing",
        in -> {
          in.enterArray();
          while (in.nextElement()) {
            in.readOrSkip(
                value -> read.add(value.isObject() ? deepText(value) : value.text()),
                (reason, json) ->
                    read.add(reason.getMessage() + ": " + new String(json.toBytes(), UTF_8)));
          }
          return read;
        });

    assertThat(read)
        .containsExactly("inner at $.id[0].id: must be text: {\"id\":[{\"id\":7}]}", "next");
  }

  private static String deepText(JsonReader in) {
    return in.nested(
        "inner",
        inner -> {
          inner.enterObject();
          inner.nextField(FIELDS);
          inner.enterArray();
          inner.nextElement();
          inner.enterObject();
          inner.nextField(FIELDS);
          return inner.text();
        });
  }

  // ---- Bodies that no codec reads

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
        Named.of("two first halves", "{\"\\ud83d\\ud83d\\ude00\":\"\\\\ud800\"}"),
        Named.of("no JSON", "{\"a\":nope]"));
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
      strings = {"", " ", "{", "[1,]", "{} {}", "{\"a\":nope]", "\"\u0001\"", "01", "{'a':1}"})
  void checksThatABodyIsJson(String notJson) {
    assertThatThrownBy(() -> JsonSlice.of(notJson.getBytes(UTF_8)).requireJson("body"))
        .isInstanceOf(CodecException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u00ff", "\u00c0\u0080", "\u00ed\u00a0\u0080"})
  void checksThatABodyIsUtf8(String bytes) {
    byte[] json = ("\"" + bytes + "\"").getBytes(ISO_8859_1);
    assertThatThrownBy(() -> JsonSlice.of(json).requireJson("body"))
        .isInstanceOf(CodecException.class);
    byte[] wide = "{\"a\":1}".getBytes(UTF_16LE);
    assertThatThrownBy(() -> JsonSlice.of(wide).requireJson("body"))
        .isInstanceOf(CodecException.class);
  }

  @Test
  void boundsTheDepthOfABodyThatIsChecked() {
    String deep = "[".repeat(501) + "]".repeat(501);
    assertThatThrownBy(() -> JsonSlice.of(deep.getBytes(UTF_8)).requireJson("body"))
        .isInstanceOf(CodecException.class);
  }
}
