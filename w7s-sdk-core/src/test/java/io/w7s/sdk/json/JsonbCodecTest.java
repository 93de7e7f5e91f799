package io.w7s.sdk.json;

import java.math.BigDecimal;

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
  Class<?> untypedWholeNumber() {
    return BigDecimal.class;
  }

  @Override
  boolean refusesOtherKindsForBooleans() {
    return false;
  }

  @Override
  String placeOfWrongValue() {
    return "line 1, column 37";
  }

  @Override
  String reasonOfWrongValue() {
    return "Error deserialize JSON value into type: int.";
  }
}
