package io.w7s.sdk.json;

import java.math.BigDecimal;
import java.util.Optional;

/** Yasson 3.0.4. */
class JsonbCodecTest extends CodecSuite {

  private static final JsonCodec CODEC = JsonbCodec.create();

  @Override
  JsonCodec codec() {
    return CODEC;
  }

  @Override
  boolean readsGenericRecords() {
    return false;
  }

  @Override
  boolean refusesNumbersOutOfRange() {
    return false;
  }

  @Override
  boolean refusesFractionsForWholeNumbers() {
    return false;
  }

  @Override
  Class<?> untypedWholeNumber() {
    return BigDecimal.class;
  }

  @Override
  Optional<String> loneSurrogate() {
    return Optional.of("?");
  }

  @Override
  String placeOfWrongValue() {
    return "line 1, column 37";
  }

  @Override
  String reasonOfWrongValue() {
    return "a value that does not fit the type";
  }
}
