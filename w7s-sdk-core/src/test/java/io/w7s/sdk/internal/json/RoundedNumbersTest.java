package io.w7s.sdk.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class RoundedNumbersTest {

  private static final String WHOLE = "a number beyond ±2^53 (9,007,199,254,740,992)";
  private static final String DIGITS = "a number of more than 17 digits";
  private static final String RANGE = "a number outside of the range of a double";

  private static final List<String> KEPT =
      List.of(
          "0",
          "-0",
          "1",
          "-1.5",
          "1249.50",
          "0.1",
          "1e5",
          "1E+20",
          "1.0E300",
          "-1.0E-300",
          "9007199254740992",
          "-9007199254740992",
          "9007199254740991",
          "0.30000000000000004",
          "1.7976931348623157E308",
          "4.9E-324",
          "5.684341886080802E-14",
          "52.520006599999996",
          "123456789012345.67",
          "1.00000000000000000000",
          "0.00000000000000000000001",
          "100000.00000000000000000",
          "9.007199254740992E15",
          "9.007199254740993E+17",
          "123456789012345E+10",
          "0e999",
          "0.0E-400",
          "1e308");

  private static final List<String> CHANGED =
      List.of(
          "9007199254740993",
          "-9007199254740993",
          "9223372036854775807",
          "-9223372036854775808",
          "10000000000000000",
          "123456789012345678901234567890",
          "9007199254740993.0",
          "9007199254740993.5",
          "0.123456789012345678",
          "-123456789.1234567891",
          "1.23456789012345678E10",
          "9007199254740993E+1",
          "-9.007199254740993e16",
          "90071992547409.93E3",
          "9.0071992547409931E+15",
          "123456789012345678e5",
          "1e309",
          "1E+400",
          "-1e400",
          "1e-400",
          "1.5E-330",
          "1e99999999999",
          "1e-99999999999");

  @Example
  void keepsWhatADoubleKeeps() {
    for (String number : KEPT) {
      assertThat(RoundedNumbers.kind(number)).as(number).isNull();
      assertThat(RoundedNumbers.first(json("{\"a\":" + number + "}"))).as(number).isNull();
    }
  }

  @Example
  void findsWhatThePlatformChanges() {
    assertThat(RoundedNumbers.kind("9007199254740993")).isEqualTo(WHOLE);
    assertThat(RoundedNumbers.kind("9007199254740993.0")).isEqualTo(WHOLE);
    assertThat(RoundedNumbers.kind("0.123456789012345678")).isEqualTo(DIGITS);
    assertThat(RoundedNumbers.kind("1e400")).isEqualTo(RANGE);
    assertThat(RoundedNumbers.kind("1e-400")).isEqualTo(RANGE);
    for (String number : CHANGED) {
      assertThat(RoundedNumbers.kind(number)).as(number).isNotNull();
      assertThat(RoundedNumbers.first(json(number))).as(number).isNotNull();
    }
  }

  @Example
  void saysWhereTheNumberIs() {
    assertThat(path("{\"a\":{\"b\":[1,{\"c\":9007199254740993}]}}")).isEqualTo("$.a.b[1].c");
    assertThat(path("[[],[9007199254740993]]")).isEqualTo("$[1][0]");
    assertThat(path("9007199254740993")).isEqualTo("$");
    assertThat(path("{\"a\":9007199254740992,\"b\":9007199254740993}")).isEqualTo("$.b");
    assertThat(path("{\"a\\n" + "x".repeat(60_000) + "\":9007199254740993}"))
        .startsWith("$.a\\nxx")
        .hasSizeLessThan(400);
  }

  @Example
  void looksNotIntoText() {
    for (String text :
        List.of(
            "9007199254740993",
            "a,9007199254740993,b",
            "[9007199254740993]",
            "{'id':9007199254740993}",
            ":1e400,",
            "1e400",
            "4111 1111 1111 1111",
            "12345678901234567890",
            "1e111".repeat(10_000),
            "1234567890123456e".repeat(3_000),
            "12345678901234567890,".repeat(3_000),
            "\\\",9007199254740993,\\\"")) {
      assertThat(RoundedNumbers.first(json("{\"a\":\"" + text + "\"}"))).as(text).isNull();
    }
    assertThat(path("{\"a\":\",9007199254740993,\",\"b\":1e400}")).isEqualTo("$.b");
    assertThat(RoundedNumbers.first(json("{\"9007199254740993\":1,\":1e400,\":2}"))).isNull();
  }

  @Example
  void leavesWhatIsNoJsonToOthers() {
    assertThat(RoundedNumbers.first(json("{9007199254740993"))).isNull();
    assertThat(RoundedNumbers.first(json(""))).isNull();
  }

  @Property(tries = 2_000)
  void findsANumberWhereverItStands(
      @ForAll("changed") String number, @ForAll("around") String before, @ForAll Random random) {
    String space = " ".repeat(random.nextInt(20));
    String json =
        "{\"" + before + "\":\"" + before + "\",\"b\":[" + space + number + space + "],\"c\":1.5}";
    assertThat(path(json)).isEqualTo("$.b[0]");
  }

  @Property(tries = 2_000)
  void agreesWithAFullLookAtEveryNumber(
      @ForAll("number") String one, @ForAll("number") String two, @ForAll("around") String text) {
    String json = "[" + one + ",\"" + text + "\"," + two + "]";
    String expected =
        RoundedNumbers.kind(one) != null
            ? "$[0]"
            : RoundedNumbers.kind(two) != null ? "$[2]" : null;
    RoundedNumbers.Found found = RoundedNumbers.first(json(json));
    assertThat(found == null ? null : found.path()).isEqualTo(expected);
  }

  @Property(tries = 2_000)
  void keepsEveryDouble(@ForAll double number) {
    assertThat(RoundedNumbers.kind(Double.toString(number))).isNull();
    assertThat(RoundedNumbers.kind(new BigDecimal(Double.toString(number)).toString()))
        .satisfiesAnyOf(
            kind -> assertThat(kind).isNull(),
            kind -> assertThat(Math.abs(number)).as("a whole number").isGreaterThan(0x1p53));
  }

  /**
   * The platform writes a double with 17 digits at most, so it cannot give these back. Whole
   * numbers beyond 2^53 are found whatever they are.
   */
  @Property(tries = 2_000)
  void findsNothingThatADoubleHolds(
      @ForAll long unscaled, @ForAll @IntRange(min = -350, max = 350) int scale) {
    var number = new BigDecimal(java.math.BigInteger.valueOf(unscaled), scale);
    boolean beyond = number.abs().compareTo(BigDecimal.valueOf(1L << 53)) > 0;
    if (RoundedNumbers.kind(number.toString()) != null && number.scale() > 0 && !beyond) {
      double kept = number.doubleValue();
      assertThat(Double.isInfinite(kept) || BigDecimal.valueOf(kept).compareTo(number) != 0)
          .as("%s is changed", number)
          .isTrue();
    }
  }

  @Provide
  Arbitrary<String> changed() {
    return Arbitraries.of(CHANGED);
  }

  @Provide
  Arbitrary<String> number() {
    return Arbitraries.oneOf(
        Arbitraries.of(KEPT),
        Arbitraries.of(CHANGED),
        Arbitraries.longs().map(String::valueOf),
        Arbitraries.bigDecimals().ofScale(12).map(BigDecimal::toString),
        Arbitraries.doubles().map(String::valueOf));
  }

  @Provide
  Arbitrary<String> around() {
    return Arbitraries.strings().withChars("0123456789.eE+-:,[]{} abé").ofMaxLength(40);
  }

  private static String path(String json) {
    return RoundedNumbers.first(json(json)).path();
  }

  private static byte[] json(String json) {
    return json.getBytes(UTF_8);
  }
}
