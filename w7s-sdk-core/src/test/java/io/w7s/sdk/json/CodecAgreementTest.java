package io.w7s.sdk.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.json.Samples.Item;
import io.w7s.sdk.json.Samples.Positive;
import io.w7s.sdk.json.Samples.Status;
import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbProperty;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the codecs could each do in its own way, and do alike. */
@ParameterizedClass(name = "{0}")
@MethodSource("codecs")
class CodecAgreementTest {

  @Parameter JsonCodec codec;

  static Stream<Named<JsonCodec>> codecs() {
    return Codecs.all();
  }

  // ---- Time

  static Stream<Object> times() {
    return Stream.of(
        Year.of(2026),
        YearMonth.of(2026, 5),
        MonthDay.of(5, 24),
        Month.MAY,
        DayOfWeek.SUNDAY,
        Instant.parse("2026-05-24T21:59:00.123456789Z"),
        LocalDate.of(2026, 5, 24),
        LocalTime.of(1, 2, 3),
        LocalDateTime.of(2026, 5, 24, 1, 2, 3),
        OffsetTime.of(1, 2, 3, 0, ZoneOffset.ofHours(2)),
        OffsetDateTime.parse("2026-05-24T23:59:01+02:00"),
        ZonedDateTime.parse("2026-05-24T23:59:01+02:00[Europe/Berlin]"),
        Duration.ofSeconds(90),
        Period.ofDays(3),
        ZoneOffset.ofHours(2));
  }

  @ParameterizedTest
  @MethodSource
  void times(Object time) {
    assertThat(encoded(time)).isEqualTo("\"" + time + "\"");
    assertThat(decode("'" + time + "'", time.getClass())).isEqualTo(time);
  }

  @ParameterizedTest
  @CsvSource({"0, 0000", "44, 0044", "-44, -0044", "9999, 9999", "12345, +12345"})
  void writesYearsWithFourDigits(int year, String text) {
    assertThat(encoded(Year.of(year))).isEqualTo("\"" + text + "\"");
    assertThat(decode("'" + text + "'", Year.class)).isEqualTo(Year.of(year));
  }

  public record Season(Year year, Month month, List<Year> years, ZoneId zone) {}

  @Test
  void writesYearsInsideOtherTypes() {
    var season =
        new Season(Year.of(2026), Month.MAY, List.of(Year.of(2027)), ZoneId.of("Europe/Berlin"));
    assertThat(encoded(season)).contains("\"2026\"", "\"MAY\"", "[\"2027\"]", "\"Europe/Berlin\"");
    assertThat(decode(encoded(season), Season.class)).isEqualTo(season);
  }

  // ---- Fields that come twice

  /** Has a creator that is not a record's. */
  public static final class Made {
    final String name;
    final int count;

    @JsonCreator
    @JsonbCreator
    public Made(
        @JsonProperty("name") @JsonbProperty("name") String name,
        @JsonProperty("count") @JsonbProperty("count") int count) {
      this.name = name;
      this.count = count;
    }
  }

  public record Box(Item item) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'sku':'a','count':1,'sku':'b'}",
        "{'sku':'a','sku':'b','count':1}",
        "{'count':7,'sku':'a','sku':'b','count':1}",
        "{'count':null,'sku':'b','count':1}",
      })
  void takesTheLastOfTwoEqualFields(String json) {
    String valid = json.replace("null", "2");
    assertThat(decode(valid, Item.class)).isEqualTo(new Item("b", 1));
    assertThat(decode("{'item':" + valid + "}", Box.class)).isEqualTo(new Box(new Item("b", 1)));
    assertThat(decode("{'item':{},'item':" + valid + "}", Box.class))
        .isEqualTo(new Box(new Item("b", 1)));
  }

  @Test
  void takesTheLastOfTwoEqualFieldsForACreator() {
    Made made = decode("{'name':'a','count':1,'name':'b','count':2}", Made.class);
    assertThat(made.name).isEqualTo("b");
    assertThat(made.count).isEqualTo(2);
  }

  @Test
  void constructsARecordOnceWithTheLastValues() {
    assertThat(decode("{'value':-1,'value':1}", Positive.class)).isEqualTo(new Positive(1));
    refuses("{'value':1,'value':-1}", Positive.class);
  }

  @Test
  void takesTheLastOfTwoEqualKeysOfAMap() {
    assertThat(decode("{'a':1,'a':2}", Object.class)).hasToString("{a=2}");
    assertThat(decode("{'a':1,'a':2}", new TypeRef<Map<String, Long>>() {}))
        .isEqualTo(Map.of("a", 2L));
  }

  // ---- Encoding

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "\udc00", "a\ud800b", "\udc00\ud800", "\ud83d\ude00\ud83d"})
  void keepsHalfOfASurrogatePair(String text) {
    String json = encoded(text);
    assertThat(json.chars()).as("an escape, as UTF-8 cannot hold it").allMatch(c -> c != '?');
    assertThat(codec.decode(json.getBytes(UTF_8), TypeRef.of(String.class))).isEqualTo(text);
  }

  @Test
  void writesHalfOfASurrogatePairAsAnEscape() {
    assertThat(encoded("a\ud800b\ud83d\ude00")).isEqualTo("\"a\\uD800b\ud83d\ude00\"");
  }

  @Test
  void refusesHalfOfASurrogatePairInTheNameOfAField() {
    refuses("{'\\ud800':1}", Item.class);
    refuses("{'x':[{'\\udc00':1}]}", Item.class);
    assertThat(decode("{'\\ud83d\\ude00':1}", new TypeRef<Map<String, Long>>() {}))
        .isEqualTo(Map.of("\ud83d\ude00", 1L));
  }

  @Test
  void ignoresAByteOrderMark() {
    assertThat(decode("\ufeff{'sku':'a'}", Item.class)).isEqualTo(new Item("a", 0));
    assertThat(decode("\ufeff \n1", Integer.class)).isEqualTo(1);
    assertThat(decode("'\ufeff'", String.class)).isEqualTo("\ufeff");
    refuses("\ufeff\ufeff1", Integer.class);
    refuses("{\ufeff}", Item.class);
    refuses("\ufeff", Item.class);
  }

  static Stream<Named<byte[]>> notUtf8() {
    return Stream.of(
        Named.of("a lone continuation byte", text(0x80)),
        Named.of("a character cut off", text(0xe2, 0x82)),
        Named.of("an overlong slash of two bytes", text(0xc0, 0xaf)),
        Named.of("an overlong slash of three bytes", text(0xe0, 0x80, 0xaf)),
        Named.of("an overlong slash of four bytes", text(0xf0, 0x80, 0x80, 0xaf)),
        Named.of("half of a surrogate pair", text(0xed, 0xa0, 0x80)),
        Named.of("a surrogate pair", text(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)),
        Named.of("a code point beyond the last", text(0xf4, 0x90, 0x80, 0x80)),
        Named.of("a byte that starts nothing", text(0xff)),
        Named.of("Latin-1", "\"é\"".getBytes(ISO_8859_1)),
        Named.of("UTF-16, big endian", "\"aé\"".getBytes(UTF_16BE)),
        Named.of("UTF-16, little endian", "\"aé\"".getBytes(UTF_16LE)),
        Named.of("UTF-16 with its mark", "\"aé\"".getBytes(Charset.forName("UTF-16"))),
        Named.of("UTF-32", "\"aé\"".getBytes(Charset.forName("UTF-32"))),
        Named.of("UTF-32, little endian", "\"aé\"".getBytes(Charset.forName("UTF-32LE"))));
  }

  private static byte[] text(int... bytes) {
    var json = new byte[bytes.length + 12];
    java.util.Arrays.fill(json, (byte) 'x');
    json[0] = json[json.length - 1] = '"';
    for (int i = 0; i < bytes.length; i++) {
      json[i + 1] = (byte) bytes[i];
    }
    return json;
  }

  @ParameterizedTest
  @MethodSource
  void notUtf8(byte[] json) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decode(json, TypeRef.of(String.class)))
        .withMessageContaining("not JSON in UTF-8");
  }

  // ---- Depth

  public record Chain(Chain next, Object any) {}

  @ParameterizedTest
  @ValueSource(strings = {"[ 1 ]", "{'any': 1 }", "{'next': null }", "{'x': 1 }", "{'any':[ 1 ]}"})
  void refusesTwentyThousandLevels(String level) {
    String before = level.substring(0, level.indexOf(' '));
    String after = level.substring(level.lastIndexOf(' ') + 1);
    String value = level.substring(before.length(), level.length() - after.length());
    String json = before.repeat(20_000) + value + after.repeat(20_000);
    refuses(json, Object.class);
    refuses(json, Chain.class);
    refuses("{'x':" + json + "}", Item.class);
  }

  @Test
  void readsAndWritesFourHundredLevels() {
    String json = "[".repeat(400) + "]".repeat(400);
    Object value = decode(json, Object.class);
    assertThat(codec.encode(value, TypeRef.of(Object.class))).asString(UTF_8).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(ints = {600, 20_000})
  void refusesToWriteTooManyLevels(int levels) {
    Object list = List.of();
    Object map = Map.of();
    Chain chain = new Chain(null, null);
    for (int i = 0; i < levels; i++) {
      list = List.of(list);
      map = Map.of("a", map);
      chain = new Chain(chain, null);
    }
    refusesToWrite(list);
    refusesToWrite(map);
    refusesToWrite(chain);
  }

  @Test
  void refusesToWriteWhatContainsItself() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    refusesToWrite(list);
  }

  // ---- Numbers

  public record Whole(byte b, short s, int i, long l) {}

  public record Boxed(Byte b, Short s, Integer i, Long l) {}

  @ParameterizedTest
  @CsvSource({
    "b, 256",
    "b, -129",
    "s, 32768",
    "s, -32769",
    "i, 2147483648",
    "i, -2147483649",
    "i, 99999999999999999999",
    "l, 9223372036854775808",
    "l, -9223372036854775809",
    "l, 1e400",
    "b, 1.5",
    "s, 1.5",
    "i, 1.5",
    "l, 1.5",
    "i, 1.0",
    "l, 1e2",
    "i, '\"2147483648\"'",
    "l, '\"9223372036854775808\"'",
    "i, '\"1.5\"'",
    "i, '\"\"'",
    "l, '\"x\"'",
    "i, true",
    "l, '[1]'",
    "i, '{}'",
    "i, NaN",
  })
  void refusesWhatAWholeNumberCannotHold(String field, String value) {
    String json = "{'" + field + "':" + value + "}";
    if (codec instanceof JsonbCodec && value.matches("-?[0-9.e]+") && !field.matches("[bs]")) {
      assertThat(decode(json, Whole.class)).as("what Yasson makes of it").isNotNull();
      return;
    }
    refuses(json, Whole.class);
    refuses(json, Boxed.class);
  }

  @Test
  void readsTheLimitsOfWholeNumbers() {
    String json = "{'b':-128,'s':32767,'i':-2147483648,'l':9223372036854775807}";
    assertThat(decode(json, Whole.class))
        .isEqualTo(new Whole(Byte.MIN_VALUE, Short.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE));
    assertThat(decode(json, Boxed.class))
        .isEqualTo(new Boxed(Byte.MIN_VALUE, Short.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE));
    assertThat(decode("9223372036854775807", Long.class)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void readsNumbersInText() {
    assertThat(decode("{'i':'5','l':'6'}", Whole.class).l()).isEqualTo(6);
    assertThat(decode("'1.50'", BigDecimal.class)).isEqualTo(new BigDecimal("1.50"));
    assertThat(decode("'7'", BigInteger.class)).isEqualTo(BigInteger.valueOf(7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "s", "i", "l"})
  void refusesNullForAPrimitiveAndReadsNoneAsZero(String field) {
    refuses("{'" + field + "':null}", Whole.class);
    assertThat(decode("{}", Whole.class)).isEqualTo(new Whole((byte) 0, (short) 0, 0, 0));
    assertThat(decode("{'" + field + "':null}", Boxed.class))
        .isEqualTo(new Boxed(null, null, null, null));
  }

  public record Floats(double d, float f, Double boxed, double[] many, float[] few) {}

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void refusesToWriteNumbersThatAreNotFinite(double number) {
    refusesToWrite(number);
    refusesToWrite((float) number);
    refusesToWrite(new double[] {1, number});
    refusesToWrite(new float[] {1, (float) number});
    refusesToWrite(OptionalDouble.of(number));
    refusesToWrite(List.of(number));
    refusesToWrite(Map.of("a", number));
    refusesToWrite(new Floats(number, 0, null, null, null));
    refusesToWrite(new Floats(0, (float) number, null, null, null));
    refusesToWrite(new Floats(0, 0, number, null, null));
    refusesToWrite(new Floats(0, 0, null, new double[] {number}, null));
    refusesToWrite(new Floats(0, 0, null, null, new float[] {(float) number}));
  }

  @Test
  void readsADoubleBeyondItsRangeAsJavaDoes() {
    assertThat(decode("1e400", Double.class)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(decode("1e-400", Double.class)).isZero();
    assertThat(decode("1e400", BigDecimal.class)).isEqualTo(new BigDecimal("1e400"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, -0.0, 1e21, 1e-7, Double.MAX_VALUE, Double.MIN_VALUE})
  void keepsDoubles(double number) {
    assertThat(decode(encoded(number), Double.class)).isEqualTo(number);
    assertThat(decode(encoded(new double[] {number}), double[].class)).containsExactly(number);
    assertThat(decode(encoded(OptionalDouble.of(number)), OptionalDouble.class)).hasValue(number);
  }

  @Test
  void keepsFloats() {
    assertThat(decode(encoded(0.1f), Float.class)).isEqualTo(0.1f);
    assertThat(decode(encoded(new float[] {0.1f}), float[].class)).containsExactly(0.1f);
  }

  // ---- Text where something else is needed

  static Stream<Class<?>> notText() {
    return Stream.of(
        Integer.class,
        Long.class,
        Double.class,
        BigDecimal.class,
        Instant.class,
        LocalDate.class,
        UUID.class,
        Status.class,
        Item.class);
  }

  @ParameterizedTest
  @MethodSource
  void notText(Class<?> type) {
    refuses("''", type);
  }

  private String encoded(Object value) {
    return new String(codec.encode(value, TypeRef.of(value.getClass())), UTF_8);
  }

  private <T> T decode(String json, Class<T> type) {
    return decode(json, TypeRef.of(type));
  }

  private <T> T decode(String json, TypeRef<T> type) {
    return codec.decode(json.replace('\'', '"').getBytes(UTF_8), type);
  }

  private void refuses(String json, Class<?> type) {
    assertThatExceptionOfType(CodecException.class).isThrownBy(() -> decode(json, type));
  }

  private void refusesToWrite(Object value) {
    TypeRef<?> type =
        value instanceof List || value instanceof Map
            ? TypeRef.of(Object.class)
            : TypeRef.of(value.getClass());
    assertThatExceptionOfType(CodecException.class).isThrownBy(() -> codec.encode(value, type));
  }
}
