package io.w7s.sdk.internal.text;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.DateTimeException;
import java.time.Instant;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class WireInstantTest {

  private static final long YEAR_0 = -62_167_219_200_000L;
  private static final long YEAR_9999 = 253_402_300_799_999L;

  @Property
  void readsEveryMillisecondThatItWrites(
      @ForAll @LongRange(min = YEAR_0, max = YEAR_9999) long millis) {
    Instant instant = Instant.ofEpochMilli(millis);
    String text = new String(WireInstant.format(instant), US_ASCII);
    assertThat(text).hasSize(24);
    assertThat(Instant.parse(text)).isEqualTo(instant);
    assertThat(WireInstant.parse(text)).isEqualTo(instant);
  }

  @Example
  void cutsToTheMillisecond() {
    assertThat(WireInstant.format(Instant.parse("2026-05-24T21:59:00.123999999Z")))
        .asString(US_ASCII)
        .isEqualTo("2026-05-24T21:59:00.123Z");
  }

  @Example
  void readsOtherFormsOfIso8601() {
    Instant moment = Instant.parse("2026-05-24T21:59:00Z");
    for (String text :
        new String[] {
          "2026-05-24T21:59:00Z",
          "2026-05-24T21:59Z",
          "2026-05-24T21:59:00.000000Z",
          "2026-05-24T23:59:00+02:00",
        }) {
      assertThat(WireInstant.parse(text)).as(text).isEqualTo(moment);
    }
  }

  @Example
  void refusesTextThatIsNoInstant() {
    for (String text :
        new String[] {
          "",
          "now",
          "2026-05-24",
          "2026-05-24T21:59:00.000",
          "2026-02-30T21:59:00.000Z",
          "2026-13-01T21:59:00.000Z",
          "2026-05-24T24:59:00.000Z",
          "2026-05-24T21:60:00.000Z",
          "2026-05-24T21:59:61.000Z",
          "2026/05/24T21:59:00.000Z",
          "٢٠٢٦-05-24T21:59:00.000Z",
        }) {
      assertThatExceptionOfType(DateTimeException.class)
          .as(text)
          .isThrownBy(() -> WireInstant.parse(text));
    }
  }

  @Example
  void writesInstantsOfAnyYearSoThatTheyCanBeRead() {
    for (Instant far : new Instant[] {Instant.MAX, Instant.MIN}) {
      String text = new String(WireInstant.format(far), US_ASCII);
      assertThat(WireInstant.parse(text).isAfter(Instant.EPOCH))
          .isEqualTo(far.isAfter(Instant.EPOCH));
    }
  }

  @Example
  void writesYearsOfMoreThanFourDigits() {
    Instant far = Instant.parse("+10000-01-01T00:00:00Z");
    String text = new String(WireInstant.format(far), US_ASCII);
    assertThat(WireInstant.parse(text)).isEqualTo(far);
  }
}
