package io.w7s.sdk.json;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonErrors;
import io.w7s.sdk.internal.json.JsonSlice;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.config.BinaryDataStrategy;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A codec over Jakarta JSON Binding, for applications whose types are annotated for it. Needs
 * {@code jakarta.json.bind:jakarta.json.bind-api} and an implementation such as {@code
 * org.eclipse:yasson}; the SDK does not bring them.
 *
 * <p>What the binding itself would let pass (text after the value, broken JSON in fields it
 * ignores, bytes that are not UTF-8) is refused before it is asked. Numbers are the binding's
 * affair: Yasson lets a number that is too big for a {@code long} or {@code int} wrap around, and
 * cuts a fraction off for one; it cannot read records with type parameters.
 *
 * <p>Thread-safe, as every {@code Jsonb} is. Costly to make, cheap to share. There is nothing to
 * close: a {@code Jsonb} from {@link #create()} holds memory only, and one that you bring you
 * close, once no client uses the codec any more.
 */
public final class JsonbCodec implements JsonCodec {

  private final Jsonb jsonb;

  private JsonbCodec(Jsonb jsonb) {
    this.jsonb = jsonb;
  }

  /**
   * Returns a codec with the binding of the implementation found, set up as {@link JsonCodec} says.
   *
   * @return the codec
   * @throws jakarta.json.bind.JsonbException when there is no implementation
   */
  public static JsonbCodec create() {
    return new JsonbCodec(
        JsonbBuilder.create(
            new JsonbConfig()
                .withNullValues(false)
                .withBinaryDataStrategy(BinaryDataStrategy.BASE_64)));
  }

  /**
   * Returns a codec with a binding of your own, whose settings decide; what {@link JsonCodec} says
   * of one value and of failures holds all the same.
   *
   * @param jsonb a binding of your own
   * @return the codec
   */
  @SuppressWarnings("exports") // who calls this has JSON-B already; nobody else needs it
  public static JsonbCodec of(Jsonb jsonb) {
    return new JsonbCodec(jsonb);
  }

  @Override
  public byte[] encode(Object value, TypeRef<?> type) {
    try {
      return toJson(value, type.type()).getBytes(StandardCharsets.UTF_8);
    } catch (RuntimeException e) { // JsonbException is what it should be, and not always is
      throw new CodecException(type.toString(), null, "could not be written", e);
    }
  }

  private String toJson(Object value, Type type) {
    // Told that the type is an interface, Yasson writes what the interface has and nothing else.
    // The class alone knows
    // better, except for type arguments, which it does not know.
    return type instanceof Class<?> ? jsonb.toJson(value) : jsonb.toJson(value, type);
  }

  @Override
  public <T> @Nullable T decode(byte[] json, int offset, int length, TypeRef<T> type) {
    var slice = new JsonSlice(json, offset, length);
    if (slice.isBlank()) {
      throw new CodecException(type.toString(), null, JsonErrors.EMPTY, null);
    }
    slice.requireJson(type.toString());
    String text = new String(json, offset, length, StandardCharsets.UTF_8);
    try {
      return jsonb.fromJson(text, type.type());
    } catch (RuntimeException e) {
      throw new CodecException(type.toString(), place(text, type), JsonErrors.value(null), e);
    }
  }

  private @Nullable String place(String text, TypeRef<?> type) {
    var reader = new CountingReader(text);
    try {
      jsonb.fromJson(reader, type.type());
      return null;
    } catch (RuntimeException again) {
      return reader.lineAndColumn();
    }
  }
}
