package io.w7s.sdk.json;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonErrors;
import io.w7s.sdk.internal.json.JsonPlace;
import io.w7s.sdk.internal.json.JsonSlice;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.JsonbException;
import jakarta.json.bind.adapter.JsonbAdapter;
import jakarta.json.bind.config.BinaryDataStrategy;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Year;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A codec over Jakarta JSON Binding, for applications whose types are annotated for it. Needs
 * {@code jakarta.json.bind:jakarta.json.bind-api} and an implementation such as {@code
 * org.eclipse:yasson}; the SDK does not bring them.
 *
 * <p>The codec checks what the binding would accept: text after the value, broken JSON in fields
 * that it ignores, bytes that are not UTF-8. These differences from the other codecs remain with
 * Yasson:
 *
 * <ul>
 *   <li>a number that is too big for an {@code int} or {@code long} wraps around, and loses its
 *       fraction;
 *   <li>any value is read as a {@code boolean}, and is false unless it is true;
 *   <li>a number is a {@code BigDecimal} where the type is {@code Object};
 *   <li>a record with type parameters cannot be read;
 *   <li>a failure says line and column, without the path.
 * </ul>
 *
 * <p>Thread-safe, as every {@code Jsonb} is. Costly to make, cheap to share. There is nothing to
 * close: a {@code Jsonb} from {@link #create()} holds memory only; close your own once no client
 * uses the codec any more.
 */
public final class JsonbCodec implements JsonCodec {

  private final Jsonb jsonb;

  private JsonbCodec(Jsonb jsonb) {
    this.jsonb = jsonb;
  }

  /**
   * Returns a codec with the binding of the implementation found, set up as {@link JsonCodec} says.
   *
   * @throws JsonbException when there is no implementation
   */
  public static JsonbCodec create() {
    return new JsonbCodec(
        JsonbBuilder.create(
            new JsonbConfig()
                .withNullValues(false)
                .withBinaryDataStrategy(BinaryDataStrategy.BASE_64)
                .withAdapters(new YearAsText())));
  }

  /**
   * Returns a codec with your own binding, whose settings decide how values are written and read.
   * What {@link JsonCodec} says of failures and of text after the value holds for every binding.
   *
   * @param jsonb your own binding
   */
  @SuppressWarnings("exports") // a caller has made the binding, so it requires JSON-B already
  public static JsonbCodec of(Jsonb jsonb) {
    return new JsonbCodec(Objects.requireNonNull(jsonb, "jsonb"));
  }

  @Override
  public byte[] encode(Object value, TypeRef<?> type) {
    try {
      byte[] json = utf8(toJson(value, type.type()));
      JsonSlice.of(json).requireJson(type.toString()); // which bounds its depth as well
      return json;
    } catch (CodecException e) {
      throw e;
    } catch (RuntimeException | Error e) { // not only JsonbException
      throw JsonErrors.notWritten(type.toString(), new JsonPlace(), libraryMessage(e), e);
    }
  }

  private String toJson(Object value, Type type) {
    // Given an interface as the type, Yasson writes only what the interface declares. The class of
    // the value says more, except for type arguments.
    return type instanceof Class<?> ? jsonb.toJson(value) : jsonb.toJson(value, type);
  }

  /** Writes half of a surrogate pair, which UTF-8 cannot hold, as an escape. */
  private static byte[] utf8(String json) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(json));
      var bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException loneSurrogate) {
      var escaped = new StringBuilder(json.length() + 16);
      json.codePoints()
          .forEach(
              c -> {
                if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                  escaped.append(String.format(Locale.ROOT, "\\u%04X", c));
                } else {
                  escaped.appendCodePoint(c);
                }
              });
      return escaped.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  @Override
  public <T> @Nullable T decode(byte[] json, int offset, int length, TypeRef<T> type) {
    JsonSlice slice = new JsonSlice(json, offset, length).withoutByteOrderMark();
    if (slice.isBlank()) {
      throw new CodecException(type.toString(), null, JsonErrors.EMPTY, null);
    }
    slice.requireJson(type.toString());
    String text = text(slice, type);
    try {
      return jsonb.fromJson(text, type.type());
    } catch (RuntimeException | Error e) { // not only JsonbException
      throw JsonErrors.notRead(type.toString(), place(text, type), reason(e), e);
    }
  }

  private static String text(JsonSlice json, TypeRef<?> type) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(json.array(), json.offset(), json.length()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new CodecException(type.toString(), null, JsonErrors.NOT_JSON, null);
    }
  }

  private @Nullable String place(String text, TypeRef<?> type) {
    var reader = new CountingReader(text);
    try {
      jsonb.fromJson(reader, type.type());
      return null;
    } catch (RuntimeException | Error again) {
      return reader.lineAndColumn();
    }
  }

  private static String reason(Throwable thrown) {
    Throwable innermost = thrown;
    for (int depth = 0; innermost.getCause() != null && depth < 100; depth++) {
      innermost = innermost.getCause();
    }
    return JsonErrors.library(libraryMessage(thrown))
        .orElse(JsonErrors.reading(null, innermost instanceof JsonbException ? null : innermost));
  }

  /** Returns the innermost message of the binding that can be shown, which says the most. */
  private static @Nullable String libraryMessage(Throwable thrown) {
    String message = null;
    Throwable inner = thrown;
    for (int depth = 0; inner != null && depth < 100; depth++) {
      Optional<String> shown = JsonErrors.library(inner.getMessage());
      message = shown.orElse(message);
      inner = inner.getCause();
    }
    return message;
  }

  /** Writes a year as ISO-8601 has it, which the binding does not know. */
  private static final class YearAsText implements JsonbAdapter<Year, String> {
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("uuuu", Locale.ROOT);

    @Override
    public String adaptToJson(Year year) {
      return year.format(ISO);
    }

    @Override
    public Year adaptFromJson(String text) {
      return Year.parse(text, ISO);
    }
  }
}
