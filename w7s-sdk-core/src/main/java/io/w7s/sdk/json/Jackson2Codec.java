package io.w7s.sdk.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonErrors;
import io.w7s.sdk.internal.json.JsonPlace;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A codec over Jackson 2, for applications whose types and mapper are made for it. Needs {@code
 * com.fasterxml.jackson.core:jackson-databind} and, for {@link #create()}, {@code
 * jackson-datatype-jdk8} and {@code jackson-datatype-jsr310}; the SDK does not bring them.
 *
 * <p>Thread-safe. Costly to make, cheap to share. It remembers the types it has seen, so give each
 * class loader a codec of its own.
 */
public final class Jackson2Codec implements JsonCodec {

  private final TypeCache<ObjectReader> readers;
  private final TypeCache<ObjectWriter> writers;

  private Jackson2Codec(ObjectMapper mapper) {
    readers =
        new TypeCache<>(
            type ->
                mapper
                    .readerFor(mapper.constructType(type))
                    .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)); // decode looks
    writers = new TypeCache<>(type -> mapper.writerFor(mapper.constructType(type)));
  }

  /**
   * Returns a codec with a mapper set up as {@link JsonCodec} says, with one difference: null for a
   * primitive is read as zero, for Jackson 2 cannot tell it from a field that is not there.
   *
   * @return the codec
   */
  public static Jackson2Codec create() {
    return new Jackson2Codec(
        JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
            .disable(
                SerializationFeature.FAIL_ON_EMPTY_BEANS,
                SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
            .disable(
                DeserializationFeature.ACCEPT_FLOAT_AS_INT,
                DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(
                DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
            .disable(MapperFeature.REQUIRE_TYPE_ID_FOR_SUBTYPES)
            .build());
  }

  /**
   * Returns a codec with a mapper of your own, whose settings decide; what {@link JsonCodec} says
   * of one value and of failures holds all the same. Do not change the mapper afterwards.
   *
   * @param mapper a mapper of your own
   * @return the codec
   */
  @SuppressWarnings("exports") // who calls this has Jackson 2 already; nobody else needs it
  public static Jackson2Codec of(ObjectMapper mapper) {
    return new Jackson2Codec(mapper);
  }

  @Override
  public byte[] encode(Object value, TypeRef<?> type) {
    try {
      return writers.get(type).writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new CodecException(
          type.toString(), null, "could not be written, at " + path(e) + " of the value", e);
    }
  }

  @Override
  public <T> @Nullable T decode(byte[] json, int offset, int length, TypeRef<T> type) {
    Objects.checkFromIndexSize(offset, length, json.length);
    ObjectReader reader = readers.get(type);
    try (JsonParser parser = reader.createParser(json, offset, length)) {
      if (parser.nextToken() == null) {
        throw new CodecException(type.toString(), null, JsonErrors.EMPTY, null);
      }
      T value = reader.readValue(parser);
      if (parser.nextToken() != null) {
        throw new CodecException(
            type.toString(),
            lineAndColumn(parser.currentTokenLocation()),
            JsonErrors.TRAILING,
            null);
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new CodecException(
          type.toString(), path(e).with(lineAndColumn(e.getLocation())), reason(e), e);
    } catch (IOException e) {
      // Malformed UTF-8 comes as a plain IOException.
      throw new CodecException(type.toString(), null, JsonErrors.NOT_JSON, e);
    }
  }

  private static @Nullable String lineAndColumn(@Nullable JsonLocation at) {
    return at == null ? null : JsonPlace.lineAndColumn(at.getLineNr(), at.getColumnNr());
  }

  private static JsonPlace path(JsonProcessingException e) {
    var place = new JsonPlace();
    if (e instanceof JsonMappingException mapping) {
      for (JsonMappingException.Reference step : mapping.getPath()) {
        if (step.getIndex() >= 0) {
          place.element(step.getIndex());
        } else {
          place.field(step.getFrom(), step.getFieldName());
        }
      }
    }
    return place;
  }

  private static String reason(JsonProcessingException e) {
    Throwable inner = e instanceof JsonMappingException && e.getCause() != null ? e.getCause() : e;
    if (inner instanceof InputCoercionException number) {
      return JsonErrors.number(number.getTargetType());
    }
    if (inner instanceof JsonEOFException) {
      return JsonErrors.TOO_SHORT;
    }
    if (inner instanceof StreamReadException) {
      return JsonErrors.NOT_JSON;
    }
    if (inner instanceof StreamConstraintsException) {
      return JsonErrors.TOO_LARGE;
    }
    if (e instanceof InvalidTypeIdException subtype) {
      return JsonErrors.subtype(subtype.getBaseType().getRawClass());
    }
    if (e instanceof ValueInstantiationException refused) {
      return JsonErrors.refused(refused.getType().getRawClass(), e.getCause());
    }
    return JsonErrors.value(
        e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null);
  }
}
