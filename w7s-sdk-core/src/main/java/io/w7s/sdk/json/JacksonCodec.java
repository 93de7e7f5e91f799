package io.w7s.sdk.json;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.json.JacksonFailure;
import io.w7s.sdk.internal.json.JsonErrors;
import io.w7s.sdk.internal.json.JsonPlace;
import io.w7s.sdk.internal.json.Utf8;
import java.security.CodeSource;
import java.time.Year;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.PackageVersion;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * The default codec: Jackson 3. Jackson's annotations on your types are respected.
 *
 * <p>Thread-safe. Costly to make, cheap to share. It remembers the types it has seen, so give each
 * class loader its own codec.
 */
public final class JacksonCodec implements JsonCodec {

  private final TypeCache<ObjectReader> readers =
      new TypeCache<>(
          type ->
              mapper()
                  .readerFor(mapper().constructType(type))
                  .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)); // decode looks itself
  private final TypeCache<ObjectWriter> writers =
      new TypeCache<>(type -> mapper().writerFor(mapper().constructType(type)));

  /** Null until its first use: in a new JVM, making it takes longer than all else at the start. */
  private @Nullable JsonMapper mapper;

  private JacksonCodec(@Nullable JsonMapper mapper) {
    this.mapper = mapper;
  }

  /** Returns a codec whose mapper has no modules and is set up as {@link JsonCodec} says. */
  public static JacksonCodec create() {
    return new JacksonCodec(null);
  }

  /**
   * Returns a codec with your own mapper, whose settings and modules decide how values are written
   * and read. What {@link JsonCodec} says of failures and of text after the value holds for every
   * mapper.
   *
   * <p>Jackson 3 reads and writes records, {@code java.time} and {@code Optional} without a module.
   * Kotlin classes need {@code tools.jackson.module:jackson-module-kotlin}, whose {@code
   * jacksonMapperBuilder().build()} makes such a mapper. Without that module, Jackson finds no
   * creator for a data class, or ignores the default values of its parameters.
   *
   * <p>This is the one method of the SDK that mentions a type of Jackson 3. A module that calls it
   * {@code requires tools.jackson.databind} itself.
   *
   * @param mapper your own mapper
   */
  @SuppressWarnings("exports") // a caller has made the mapper, so it requires Jackson already
  public static JacksonCodec of(JsonMapper mapper) {
    return new JacksonCodec(Objects.requireNonNull(mapper, "mapper"));
  }

  private synchronized JsonMapper mapper() {
    if (mapper == null) {
      mapper = defaultMapper();
    }
    return mapper;
  }

  private static JsonMapper defaultMapper() {
    return JsonMapper.builder()
        .addModule(new JacksonRules())
        .changeDefaultPropertyInclusion(
            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
        .disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .withConfigOverride(Year.class, year -> year.setFormat(JsonFormat.Value.forPattern("uuuu")))
        .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
        .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
        .withCoercionConfigDefaults(
            any -> any.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
        .withCoercionConfig(
            LogicalType.Boolean,
            bool -> bool.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
        .withCoercionConfig(
            Character.class,
            character -> character.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(MapperFeature.REQUIRE_TYPE_ID_FOR_SUBTYPES)
        .build();
  }

  @Override
  public byte[] encode(Object value, TypeRef<?> type) {
    try {
      return writers.get(type).writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw JacksonFailure.writing(type.toString(), e);
    } catch (RuntimeException | Error e) { // thrown by code of the value's class
      refuseOldAnnotations(e);
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
    } catch (CodecException e) {
      throw e;
    } catch (RuntimeException | Error e) { // thrown by code of the type
      refuseOldAnnotations(e);
      throw JsonErrors.notRead(type.toString(), null, JsonErrors.reading(null, e), e);
    }
  }

  /**
   * Jackson 2 and 3 share their annotations, so a BOM that decides on them for Jackson 2 can leave
   * out what Jackson 3 asks for. That is no fault of a value.
   */
  private static void refuseOldAnnotations(Throwable thrown) {
    if (thrown instanceof NoClassDefFoundError missing
        && String.valueOf(missing.getMessage()).startsWith("com/fasterxml/jackson/annotation/")) {
      CodeSource source = JsonInclude.class.getProtectionDomain().getCodeSource();
      String version = PackageVersion.VERSION.toString();
      throw new ConfigurationException(
          "jackson-annotations is too old for Jackson "
              + version
              + ": "
              + (source == null ? "its origin is not known" : source.getLocation())
              + ". Set com.fasterxml.jackson.core:jackson-annotations to the version that"
              + " tools.jackson.core:jackson-databind:"
              + version
              + " asks for; Jackson 2 works with it too.",
          missing);
    }
  }
}
