package io.w7s.sdk.json;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonErrors;
import io.w7s.sdk.internal.json.JsonPlace;
import io.w7s.sdk.internal.json.Utf8;
import java.io.IOException;
import java.time.Year;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A codec over Jackson 2, for applications whose types and mapper are made for it. Needs {@code
 * com.fasterxml.jackson.core:jackson-databind} and, for {@link #create()}, {@code
 * jackson-datatype-jdk8} and {@code jackson-datatype-jsr310}; the SDK does not bring them.
 *
 * <p>Thread-safe. Costly to make, cheap to share. It remembers the types it has seen, so give each
 * class loader its own codec.
 */
public final class Jackson2Codec implements JsonCodec {

  /** The depth at which Jackson 3 stops; Jackson 2 alone would stop at 1,000. */
  private static final int MOST_LEVELS = 500;

  private final TypeCache<ObjectReader> readers;
  private final TypeCache<ObjectWriter> writers;

  private Jackson2Codec(ObjectMapper mapper) {
    readers =
        new TypeCache<>(
            type ->
                mapper
                    .readerFor(mapper.constructType(type))
                    .without(
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)); // decode looks itself
    writers = new TypeCache<>(type -> mapper.writerFor(mapper.constructType(type)));
  }

  /** Returns a codec whose mapper is set up as {@link JsonCodec} says. */
  public static Jackson2Codec create() {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MOST_LEVELS).build())
            .streamWriteConstraints(
                StreamWriteConstraints.builder().maxNestingDepth(MOST_LEVELS).build())
            .build();
    return new Jackson2Codec(
        JsonMapper.builder(factory)
            .addModules(new Jdk8Module(), new JavaTimeModule(), new Jackson2Rules())
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
            .disable(
                SerializationFeature.FAIL_ON_EMPTY_BEANS,
                SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
            .withConfigOverride(
                Year.class, year -> year.setFormat(JsonFormat.Value.forPattern("uuuu")))
            .withCoercionConfigDefaults(
                any -> any.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
            .withCoercionConfig(
                LogicalType.Boolean,
                bool -> bool.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
            .withCoercionConfig(
                Character.class,
                character -> character.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
            .disable(
                DeserializationFeature.ACCEPT_FLOAT_AS_INT,
                DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
            .disable(MapperFeature.REQUIRE_TYPE_ID_FOR_SUBTYPES)
            .build());
  }

  /**
   * Returns a codec with your own mapper, whose settings and modules decide how values are written
   * and read. What {@link JsonCodec} says of failures and of text after the value holds for every
   * mapper. Do not change the mapper afterwards.
   *
   * <p>A mapper needs these modules, which {@code new ObjectMapper()} does not have:
   *
   * <ul>
   *   <li>{@code com.fasterxml.jackson.datatype:jackson-datatype-jdk8} for {@code Optional};
   *   <li>{@code com.fasterxml.jackson.datatype:jackson-datatype-jsr310} for {@code java.time},
   *       with {@code WRITE_DATES_AS_TIMESTAMPS} disabled, so that times are ISO-8601 text;
   *   <li>{@code com.fasterxml.jackson.module:jackson-module-kotlin} for Kotlin classes.
   * </ul>
   *
   * <p>A mapper also refuses unknown fields unless {@code FAIL_ON_UNKNOWN_PROPERTIES} is disabled,
   * so that a sender that adds a field breaks its consumers.
   *
   * @param mapper your own mapper
   */
  @SuppressWarnings("exports") // a caller has made the mapper, so it requires Jackson already
  public static Jackson2Codec of(ObjectMapper mapper) {
    return new Jackson2Codec(Objects.requireNonNull(mapper, "mapper"));
  }

  @Override
  public byte[] encode(Object value, TypeRef<?> type) {
    try {
      return writers.get(type).writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw JsonErrors.notWritten(type.toString(), path(e), e.getOriginalMessage(), e);
    } catch (RuntimeException | Error e) { // thrown by code of the value's class
      throw JsonErrors.notWritten(type.toString(), new JsonPlace(), null, e);
    }
  }

  @Override
  public <T> @Nullable T decode(byte[] json, int offset, int length, TypeRef<T> type) {
    Objects.checkFromIndexSize(offset, length, json.length);
    if (!Utf8.mayBeJson(json, offset, length)) {
      throw new CodecException(type.toString(), null, JsonErrors.NOT_JSON, null);
    }
    try {
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
      }
    } catch (JsonProcessingException e) {
      String position = path(e).with(lineAndColumn(e.getLocation()));
      throw JsonErrors.notRead(type.toString(), position, reason(e), e);
    } catch (IOException e) {
      throw JsonErrors.notRead(type.toString(), null, JsonErrors.NOT_JSON, e);
    } catch (CodecException e) {
      throw e;
    } catch (RuntimeException | Error e) { // thrown by code of the type
      throw JsonErrors.notRead(type.toString(), null, JsonErrors.reading(null, e), e);
    }
  }

  private static @Nullable String lineAndColumn(@Nullable JsonLocation at) {
    return at == null ? null : JsonPlace.lineAndColumn(at.getLineNr(), at.getColumnNr());
  }

  private static JsonPlace path(JsonProcessingException e) {
    var place = new JsonPlace();
    if (e instanceof JsonMappingException mapping) {
      List<JsonMappingException.Reference> path = mapping.getPath();
      for (int i = 0; i < path.size(); i++) {
        JsonMappingException.Reference step = path.get(i);
        if (step.getIndex() >= 0) {
          place.element(step.getIndex());
        } else if (e instanceof UnrecognizedPropertyException && i == path.size() - 1) {
          place.anyField();
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
    if (e instanceof UnrecognizedPropertyException unknown) {
      return JsonErrors.unknownField(unknown.getReferringClass(), unknown.getKnownPropertyIds());
    }
    return JsonErrors.library(e.getOriginalMessage())
        .orElseGet(() -> JsonErrors.reading(target(e), e.getCause()));
  }

  private static @Nullable Class<?> target(JsonProcessingException e) {
    if (e instanceof ValueInstantiationException refused) {
      return refused.getType().getRawClass();
    }
    return e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
  }
}
