package io.w7s.sdk.json;

import static io.w7s.sdk.json.Samples.ITEM;
import static io.w7s.sdk.json.Samples.ITEMS;
import static io.w7s.sdk.json.Samples.ITEMS_BY_NAME;
import static io.w7s.sdk.json.Samples.NUMBERS;
import static io.w7s.sdk.json.Samples.ORDER;
import static io.w7s.sdk.json.Samples.ORDER_1;
import static io.w7s.sdk.json.Samples.PAGE;
import static io.w7s.sdk.json.Samples.PARCEL;
import static io.w7s.sdk.json.Samples.SHAPE;
import static io.w7s.sdk.json.Samples.SHAPES;
import static io.w7s.sdk.json.Samples.TEXT;
import static io.w7s.sdk.json.Samples.UNTYPED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.json.Samples.Circle;
import io.w7s.sdk.json.Samples.Drawing;
import io.w7s.sdk.json.Samples.Item;
import io.w7s.sdk.json.Samples.Numbers;
import io.w7s.sdk.json.Samples.Page;
import io.w7s.sdk.json.Samples.Parcel;
import io.w7s.sdk.json.Samples.Shape;
import io.w7s.sdk.json.Samples.Square;
import io.w7s.sdk.json.Samples.Status;
import io.w7s.sdk.json.Samples.Times;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every codec does; with what it refuses, the whole of the contract. */
abstract class CodecSuite extends CodecRefusals {

  // ---- Shapes

  @Test
  void recordComesBackAsItWas() {
    byte[] json = codec().encode(ORDER_1, ORDER);
    assertThat(json).hasSize(275);
    assertThat(codec().decode(json, ORDER)).isEqualTo(ORDER_1);
  }

  @Test
  void genericRecordTakesItsArgumentFromTheTypeRef() {
    var page = new Page<>(new Item("a", 1), List.of(new Item("b", 2)));
    byte[] json = codec().encode(page, PAGE);
    assertThat(plain(json))
        .isEqualTo(plain("{'first':{'sku':'a','count':1},'rest':[{'sku':'b','count':2}]}"));
    if (readsGenericRecords()) {
      assertThat(codec().decode(json, PAGE)).isEqualTo(page);
    } else {
      assertThatExceptionOfType(CodecException.class)
          .isThrownBy(() -> codec().decode(json, PAGE))
          .satisfies(e -> assertThat(e.type()).isEqualTo("Samples.Page<Samples.Item>"));
    }
  }

  @Test
  void sealedTypeCarriesItsSubtypeAtTheRoot() {
    byte[] json = codec().encode(new Circle(3), SHAPE);
    assertThat(plain(json)).isEqualTo(plain("{'kind':'circle','radius':3}"));
    assertThat(codec().decode(json, SHAPE)).isEqualTo(new Circle(3));
  }

  @Test
  void sealedTypeCarriesItsSubtypeInAList() {
    List<Shape> shapes = List.of(new Circle(3), new Square(4));
    byte[] json = codec().encode(shapes, SHAPES);
    assertThat(plain(json))
        .isEqualTo(plain("[{'kind':'circle','radius':3},{'kind':'square','side':4}]"));
    assertThat(codec().decode(json, SHAPES)).isEqualTo(shapes);
  }

  @Test
  void sealedTypeCarriesItsSubtypeInARecord() {
    TypeRef<Drawing> drawing = TypeRef.of(Drawing.class);
    byte[] json = codec().encode(new Drawing(new Square(4)), drawing);
    assertThat(plain(json)).isEqualTo(plain("{'shape':{'kind':'square','side':4}}"));
    assertThat(codec().decode(json, drawing)).isEqualTo(new Drawing(new Square(4)));
  }

  @Test
  void subtypeNameMayStandLast() {
    assertThat(decode("{'radius':3,'kind':'circle'}", SHAPE)).isEqualTo(new Circle(3));
  }

  @Test
  void subtypeAskedForByItsClassNeedsNoName() {
    assertThat(decode("{'radius':3}", TypeRef.of(Circle.class))).isEqualTo(new Circle(3));
  }

  @Test
  void unlistedSubtypeIsRefusedWithoutRepeatingItsName() {
    assertThat(refused("{'kind':'java.lang.Runtime'}", SHAPE)).isEqualTo("Samples.Shape");
  }

  @Test
  void listTakesItsElementsFromTheTypeRef() {
    var items = List.of(new Item("a", 1), new Item("b", 2));
    assertThat(codec().decode(codec().encode(items, ITEMS), ITEMS)).isEqualTo(items);
  }

  @Test
  void mapTakesItsValuesFromTheTypeRef() {
    var items = Map.of("x y", new Item("a", 1), "é", new Item("b", 2));
    assertThat(codec().decode(codec().encode(items, ITEMS_BY_NAME), ITEMS_BY_NAME))
        .isEqualTo(items);
  }

  @Test
  void unknownFieldsAreIgnoredWhateverTheyHold() {
    assertThat(decode("{'x':[{'y':null}],'sku':'a','z':{'sku':'b'},'count':1}", ITEM))
        .isEqualTo(new Item("a", 1));
  }

  @Test
  void enumIsItsNameWhateverItsToStringSays() {
    TypeRef<Status> status = TypeRef.of(Status.class);
    assertThat(codec().encode(Status.PAID, status)).asString(UTF_8).isEqualTo("\"PAID\"");
    assertThat(decode("'PAID'", status)).isEqualTo(Status.PAID);
    refused("'LOST'", status);
    refused("1", status);
  }

  @Test
  void bytesAreBase64() {
    TypeRef<byte[]> bytes = TypeRef.of(byte[].class);
    byte[] value = {0, -1, 127};
    assertThat(codec().encode(value, bytes)).asString(UTF_8).isEqualTo("\"AP9/\"");
    assertThat(decode("'AP9/'", bytes)).isEqualTo(value);
  }

  // ---- Time

  @Test
  void instantIsIsoTextWithEveryDigit() {
    TypeRef<Instant> instant = TypeRef.of(Instant.class);
    Instant value = Instant.parse("2026-05-24T21:59:00.123456789Z");
    assertThat(codec().encode(value, instant))
        .asString(UTF_8)
        .isEqualTo("\"2026-05-24T21:59:00.123456789Z\"");
    assertThat(decode("'2026-05-24T21:59:00.123456789Z'", instant)).isEqualTo(value);
  }

  @Test
  void timesAreIsoTextAndKeepOffsetAndZone() {
    TypeRef<Times> type = TypeRef.of(Times.class);
    var times =
        new Times(
            Instant.EPOCH,
            LocalDate.parse("2026-05-24"),
            OffsetDateTime.parse("2026-05-24T23:59:00.5+02:00"),
            ZonedDateTime.parse("2026-05-24T23:59:00.5+02:00[Europe/Berlin]"),
            Duration.ofSeconds(90));
    byte[] json = codec().encode(times, type);
    assertThat(plain(json))
        .isEqualTo(
            plain(
                "{'instant':'1970-01-01T00:00:00Z','date':'2026-05-24',"
                    + "'offset':'2026-05-24T23:59:00.5+02:00',"
                    + "'zoned':'2026-05-24T23:59:00.5+02:00[Europe/Berlin]','span':'PT1M30S'}"));
    assertThat(codec().decode(json, type)).isEqualTo(times);
  }

  // ---- Null and Optional

  @Test
  void nullAndEmptyOptionalAreLeftOut() {
    assertThat(codec().encode(new Parcel(Optional.empty(), null, null), PARCEL))
        .asString(UTF_8)
        .isEqualTo("{}");
  }

  @Test
  void optionalIsItsValue() {
    byte[] json = codec().encode(new Parcel(Optional.of("x"), null, null), PARCEL);
    assertThat(json).asString(UTF_8).isEqualTo("{\"label\":\"x\"}");
    assertThat(codec().decode(json, PARCEL).label()).contains("x");
  }

  @Test
  void missingAndNullAreNullOrEmptyOptional() {
    var nothing = new Parcel(Optional.empty(), null, null);
    assertThat(decode("{}", PARCEL)).isEqualTo(nothing);
    assertThat(decode("{'label':null,'weight':null,'sentAt':null}", PARCEL)).isEqualTo(nothing);
  }

  @Test
  void nullsInMapsAndListsStay() {
    var map = new LinkedHashMap<String, Object>();
    map.put("a", null);
    map.put("b", Arrays.asList("x", null));
    byte[] json = codec().encode(map, UNTYPED);
    assertThat(json).asString(UTF_8).isEqualTo("{\"a\":null,\"b\":[\"x\",null]}");
    assertThat(codec().decode(json, UNTYPED)).isEqualTo(map);
  }

  @Test
  void nullIsNull() {
    assertThat(decode(" null ", ORDER)).isNull();
    assertThat(decode("null", ITEMS)).isNull();
    assertThat(decode("null", TypeRef.of(int.class))).isNull();
    assertThat(decode("null", new TypeRef<Optional<Item>>() {})).isEmpty();
  }

  @Test
  void missingPrimitiveIsZero() {
    assertThat(decode("{'sku':'a'}", ITEM)).isEqualTo(new Item("a", 0));
  }

  // ---- Numbers

  @Test
  void bigNumbersKeepEveryDigit() {
    var numbers =
        new Numbers(
            Long.MAX_VALUE,
            new BigInteger("123456789012345678901234567890"),
            new BigDecimal("0.12345678901234567890123456789012345678901234567890"),
            0.1);
    byte[] json = codec().encode(numbers, NUMBERS);
    assertThat(json)
        .asString(UTF_8)
        .contains(
            "9223372036854775807",
            "123456789012345678901234567890",
            "0.12345678901234567890123456789012345678901234567890");
    assertThat(codec().decode(json, NUMBERS)).isEqualTo(numbers);
  }

  @Test
  void scaleAndExponentOfABigDecimalStay() {
    TypeRef<BigDecimal> type = TypeRef.of(BigDecimal.class);
    for (String number : List.of("1.10", "1E+400", "-0.00", "12345678901234567890.5")) {
      assertThat(decode(number, type)).isEqualTo(new BigDecimal(number));
      assertThat(codec().decode(codec().encode(new BigDecimal(number), type), type))
          .isEqualTo(new BigDecimal(number));
    }
  }

  @Test
  void untypedNumbersAreExact() {
    Map<String, Object> read =
        decode("{'a':1,'b':0.1,'c':123456789012345678901234567890}", UNTYPED);
    assertThat(read.get("a")).isInstanceOf(untypedWholeNumber()).hasToString("1");
    assertThat(read.get("b")).isEqualTo(new BigDecimal("0.1"));
    assertThat(read.get("c")).hasToString("123456789012345678901234567890");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "'1'", "'yes'", "''", "1.0"})
  void onlyTrueAndFalseAreBooleans(String json) {
    if (refusesOtherKindsForBooleans()) {
      assertThatExceptionOfType(CodecException.class)
          .isThrownBy(() -> decode(json, TypeRef.of(Boolean.class)));
    } else {
      assertThat(decode(json, TypeRef.of(Boolean.class))).isFalse();
    }
  }

  // ---- Text

  @Test
  void textOfEveryPlaneComesBackAsItWas() {
    String text = "aé€\u2028😀\uD83D\uDE80\u0000\u001f\u007f\"\\/\b\f\n\r\t";
    assertThat(codec().decode(codec().encode(text, TEXT), TEXT)).isEqualTo(text);
  }

  @Test
  void escapesAreRead() {
    assertThat(decode("'\\u00e9\\ud83d\\ude00\\/\\n'", TEXT)).isEqualTo("é😀/\n");
  }

  // ---- Threads

  @Test
  void hundredThreadsShareACodec() throws Exception {
    JsonCodec codec = codec();
    var start = new CyclicBarrier(100);
    Callable<Boolean> work =
        () -> {
          start.await();
          for (int i = 0; i < 50; i++) {
            var item = new Item(Thread.currentThread().getName(), i);
            if (!codec.decode(codec.encode(item, ITEM), ITEM).equals(item)
                || !codec.decode(codec.encode(List.of(item), ITEMS), ITEMS).get(0).equals(item)
                || !codec.decode(codec.encode(ORDER_1, ORDER), ORDER).equals(ORDER_1)) {
              return false;
            }
          }
          return true;
        };
    var threads = Executors.newFixedThreadPool(100);
    try {
      var all = new ArrayList<Future<Boolean>>();
      for (int i = 0; i < 100; i++) {
        all.add(threads.submit(work));
      }
      for (Future<Boolean> one : all) {
        assertThat(one.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Object plain(String json) {
    return plain(json.replace('\'', '"').getBytes(UTF_8));
  }

  /** JSON without the order of its fields, which codecs may choose. */
  private static Object plain(byte[] json) {
    return JsonValues.parse(json);
  }
}
