package io.w7s.sdk.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * The facts in which one codec may differ from the others. Each is what the SDK wants; a codec that
 * does otherwise overrides it, and is held to what it does instead.
 */
abstract class CodecFacts {

  abstract JsonCodec codec();

  /** Whether a record with a type parameter can be read; writing one always works. */
  boolean readsGenericRecords() {
    return true;
  }

  /** Whether only true and false are read as a {@code boolean}; otherwise all else is false. */
  boolean refusesOtherKindsForBooleans() {
    return true;
  }

  /** The class of {@code 1} where the type is {@code Object}. */
  Class<?> untypedWholeNumber() {
    return Integer.class;
  }

  /**
   * Where a value of the wrong kind is said to be, in {@code {"items":[{"sku":"a","count":"x"}]}}.
   */
  String placeOfWrongValue() {
    return "$.items[0].count (line 1, column 30)";
  }

  /** What is said to be wrong with it. */
  String reasonOfWrongValue() {
    return "Cannot deserialize value of type `int` from String";
  }

  /** Reads JSON in which quotes are single ones. */
  final <T> T decode(String json, TypeRef<T> type) {
    return codec().decode(json.replace('\'', '"').getBytes(UTF_8), type);
  }

  /**
   * Returns the type named by the refusal, after checking that it has a position and repeats
   * nothing.
   */
  final String refused(String json, TypeRef<?> type) {
    CodecException e = failure(() -> decode(json, type));
    assertThat(e.position()).hasValueSatisfying(p -> assertThat(p).contains("line 1, column "));
    assertThat(e.getMessage())
        .doesNotContain("secret", "12345", "Runtime", "9223372036854775808", "LOST");
    return e.type();
  }

  static CodecException failure(ThrowingCallable call) {
    CodecException e = catchThrowableOfType(CodecException.class, call);
    assertThat(e).as("a CodecException").isNotNull();
    return e;
  }
}
