package io.w7s.sdk.internal.json;

import io.w7s.sdk.error.InvalidInputException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/**
 * JSON as plain Java values, for JSON whose shape is not known beforehand: {@link Map} in the order
 * of the text, {@link List}, {@link String}, {@link Boolean}, {@link Long} or {@link BigInteger},
 * {@link BigDecimal} for numbers with a fraction or exponent, and null. What is read is
 * unmodifiable.
 *
 * <p>Of a key that an object has twice the last value counts: that is what the platform's own
 * reader does, and two readers that disagree on the same text would be worse than either rule.
 */
public final class JsonValues {

  /** Arrays and objects inside each other, at most. */
  public static final int MAX_DEPTH = 1_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private static final DefaultPrettyPrinter INDENTED = indented();

  private static final ObjectWriteContext PRETTY =
      new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
          return INDENTED.createInstance(); // it counts the depth, so each text needs its own
        }

        @Override
        public boolean hasPrettyPrinter() {
          return true;
        }
      };

  private JsonValues() {}

  /**
   * Reads one JSON value from UTF-8 bytes, with or without a byte order mark.
   *
   * @throws InvalidInputException with the field {@code $} when this is not one JSON value, or
   *     deeper than {@link #MAX_DEPTH}; it tells line and column and nothing of the content
   */
  public static @Nullable Object parse(byte[] json) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      return parse(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      throw new InvalidInputException("$", "bytes that are not UTF-8", "JSON in UTF-8");
    }
  }

  /** Reads one JSON value from text, as {@link #parse(byte[])} does. */
  public static @Nullable Object parse(String json) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() == null) {
        throw new InvalidInputException("$", "no text at all", "JSON");
      }
      Object value = read(parser);
      if (parser.nextToken() != null) {
        throw notJson("more text after the JSON", parser.currentTokenLocation());
      }
      return value;
    } catch (StreamConstraintsException | NumberFormatException e) {
      throw new InvalidInputException(
          "$",
          "JSON that is too deep, or has a number or a name that is too long",
          "JSON of at most " + MAX_DEPTH + " levels");
    } catch (JacksonException e) {
      throw notJson("text that is not JSON", e.getLocation());
    }
  }

  /**
   * Writes a value as JSON on one line without spaces.
   *
   * @param value maps with text as keys, lists, text, numbers, booleans and null
   * @throws IllegalArgumentException when there is something else in it
   */
  public static String write(@Nullable Object value) {
    return write(ObjectWriteContext.empty(), value);
  }

  /** Writes a value as {@link #write} does, indented by two spaces, with {@code \n} line ends. */
  public static String writePretty(@Nullable Object value) {
    return write(PRETTY, value);
  }

  private static InvalidInputException notJson(String found, @Nullable TokenStreamLocation at) {
    // The parser's own words repeat a piece of the text, which may be secret.
    String position =
        at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    return new InvalidInputException("$", found + position, "JSON");
  }

  private static @Nullable Object read(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> readObject(parser);
      case START_ARRAY -> readArray(parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> integer(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> decimal(parser.getDecimalValue());
      case VALUE_NULL -> null;
      default -> throw new IllegalStateException("token " + parser.currentToken());
    };
  }

  private static Map<String, @Nullable Object> readObject(JsonParser parser) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      object.put(key, read(parser));
    }
    return Collections.unmodifiableMap(object);
  }

  private static List<@Nullable Object> readArray(JsonParser parser) {
    var array = new ArrayList<@Nullable Object>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(read(parser));
    }
    return Collections.unmodifiableList(array);
  }

  /** 1e0 is written as 1, and has to be the same value when it is read again. */
  private static Number decimal(BigDecimal decimal) {
    return decimal.scale() == 0 ? integer(decimal.unscaledValue()) : decimal;
  }

  private static Number integer(BigInteger integer) {
    return integer.bitLength() < Long.SIZE ? (Number) integer.longValue() : integer;
  }

  private static String write(ObjectWriteContext context, @Nullable Object value) {
    var text = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(context, text)) {
      write(generator, value);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, @Nullable Object value) {
    if (value == null) {
      generator.writeNull();
    } else if (value instanceof Map<?, ?> object) {
      generator.writeStartObject();
      object.forEach(
          (key, inner) -> {
            generator.writeName((String) key);
            write(generator, inner);
          });
      generator.writeEndObject();
    } else if (value instanceof Iterable<?> array) {
      generator.writeStartArray();
      array.forEach(inner -> write(generator, inner));
      generator.writeEndArray();
    } else if (value instanceof String string) {
      generator.writeString(string);
    } else if (value instanceof Boolean bool) {
      generator.writeBoolean(bool);
    } else if (value instanceof Number number) {
      generator.writeNumber(new BigDecimal(number.toString()));
    } else {
      throw new IllegalArgumentException("not a JSON value: " + value.getClass().getName());
    }
  }

  private static DefaultPrettyPrinter indented() {
    var indenter = new DefaultIndenter("  ", "\n");
    var separators =
        Separators.createDefaultInstance()
            .withObjectNameValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    return new DefaultPrettyPrinter(separators)
        .withObjectIndenter(indenter)
        .withArrayIndenter(indenter);
  }
}
