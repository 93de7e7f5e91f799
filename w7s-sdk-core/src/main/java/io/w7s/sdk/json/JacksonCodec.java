package io.w7s.sdk.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JacksonFailure;
import io.w7s.sdk.internal.json.JsonErrors;
import io.w7s.sdk.internal.json.JsonPlace;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The default codec: Jackson 3, set up as {@link JsonCodec} says, without modules. Jackson's
 * annotations on your types are heeded.
 *
 * <p>The mapper cannot be replaced: no type of Jackson 3 stands in the SDK's API, so that its next
 * major version breaks nobody. Who needs a mapper of their own implements {@link JsonCodec}, which
 * shows how in ten lines.
 *
 * <p>Thread-safe. Costly to make, cheap to share. It remembers the types it has seen, so give each
 * class loader a codec of its own.
 */
public final class JacksonCodec implements JsonCodec {

  private final TypeCache<ObjectReader> readers =
      new TypeCache<>(type -> mapper().readerFor(mapper().constructType(type)));
  private final TypeCache<ObjectWriter> writers =
      new TypeCache<>(type -> mapper().writerFor(mapper().constructType(type)));

  /** Made at its first use: in a new JVM that takes longer than all else that an app starts. */
  private @Nullable JsonMapper mapper;

  private JacksonCodec() {}

  /** {@return a new codec} */
  public static JacksonCodec create() {
    return new JacksonCodec();
  }

  private synchronized JsonMapper mapper() {
    if (mapper == null) {
      mapper = made();
    }
    return mapper;
  }

  private static JsonMapper made() {
    return JsonMapper.builder()
        .changeDefaultPropertyInclusion(
            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
        .disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
        .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) // decode looks for itself
        .disable(MapperFeature.REQUIRE_TYPE_ID_FOR_SUBTYPES)
        .build();
  }

  @Override
  public byte[] encode(Object value, TypeRef<?> type) {
    try {
      return writers.get(type).writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw JacksonFailure.writing(type.toString(), e);
    }
  }

  @Override
  public <T> @Nullable T decode(byte[] json, int offset, int length, TypeRef<T> type) {
    Objects.checkFromIndexSize(offset, length, json.length);
    try {
      ObjectReader reader = readers.get(type);
      try (JsonParser parser = reader.createParser(json, offset, length)) {
        if (parser.nextToken() == null) {
          throw new CodecException(type.toString(), null, JsonErrors.EMPTY, null);
        }
        T value = reader.readValue(parser);
        if (parser.nextToken() != null) {
          TokenStreamLocation at = parser.currentTokenLocation();
          throw new CodecException(
              type.toString(),
              JsonPlace.lineAndColumn(at.getLineNr(), at.getColumnNr()),
              JsonErrors.TRAILING,
              null);
        }
        return value;
      }
    } catch (JacksonException e) {
      throw JacksonFailure.reading(type.toString(), e);
    }
  }
}
