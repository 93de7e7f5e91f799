package io.w7s.sdk.emulator.internal.wire;

import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as the platform stores it: it decodes bodies as UTF-8, parses them and writes them again, as
 * JavaScript does. A byte order mark is dropped, invalid UTF-8 becomes U+FFFD, numbers become
 * doubles, and a number beyond the range of double becomes null.
 */
public final class JavaScriptJson {

  private static final JsonFactory LENIENT =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).build())
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).build())
          .build();

  /** Stops at a name that an object has twice. */
  private static final JsonFactory JSON =
      LENIENT.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Integers with at most this many digits are exact as doubles, and are written unchanged. */
  private static final int SAFE_DIGITS = 15;

  /** From this size on a repeated key matters, because the size limit applies to what is stored. */
  private static final int LARGE = 60_000;

  private JavaScriptJson() {}

  /**
   * Returns JSON as the platform stores it: the same array where nothing changes.
   *
   * @throws JacksonException when it is not JSON
   */
  public static byte[] stored(byte[] json) {
    byte[] text = text(json);
    boolean asItIs = text == json && json.length < LARGE && isPlain(json);
    return asItIs ? json : rewritten(text);
  }

  /** Returns the bytes as UTF-8 without a byte order mark; the same array if nothing changes. */
  private static byte[] text(byte[] bytes) {
    boolean mark =
        bytes.length > 2
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    if (!mark && isUtf8(bytes)) {
      return bytes;
    }
    int start = mark ? 3 : 0;
    return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isUtf8(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        try {
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
          return true;
        } catch (CharacterCodingException invalid) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Returns whether JSON is written as JavaScript writes it, as far as one look at each byte can
   * tell: no white space between tokens, no escapes, and no numbers but short integers.
   */
  private static boolean isPlain(byte[] json) {
    boolean inText = false;
    int digits = 0;
    for (byte b : json) {
      if (b == '\\') {
        return false;
      }
      if (b == '"') {
        inText = !inText;
      } else if (!inText) {
        if (b >= '0' && b <= '9') {
          digits++;
          if (digits > SAFE_DIGITS) {
            return false;
          }
        } else if (b <= ' ' || b == '.' || b == '-' || (digits > 0 && (b == 'e' || b == 'E'))) {
          return false;
        } else {
          digits = 0;
        }
      }
    }
    return true;
  }

  private static byte[] rewritten(byte[] json) {
    var out = new ByteArrayOutputStream(json.length);
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json);
        JsonGenerator to = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        write(to, token, in);
      }
    } catch (StreamReadException repeatedName) {
      return withoutRepeatedNames(json);
    }
    return out.toByteArray();
  }

  /** An object or array that is open, with the values in it as they are written. */
  private record Open(@Nullable Map<String, String> fields, List<String> elements) {

    String written() {
      if (fields == null) {
        return "[" + String.join(",", elements) + "]";
      }
      return fields.entrySet().stream()
          .map(field -> field.getKey() + ":" + field.getValue())
          .collect(Collectors.joining(",", "{", "}"));
    }
  }

  /** When an object has a name twice, the last value counts, at the place of the first. */
  private static byte[] withoutRepeatedNames(byte[] json) {
    var open = new ArrayDeque<Open>();
    var names = new ArrayDeque<String>();
    String last = "";
    try (JsonParser in = LENIENT.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        switch (token) {
          case START_OBJECT -> open.push(new Open(new LinkedHashMap<>(), List.of()));
          case START_ARRAY -> open.push(new Open(null, new ArrayList<>()));
          case PROPERTY_NAME -> names.push(scalar(token, in));
          default -> {
            boolean ends = token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY;
            last = ends ? open.pop().written() : scalar(token, in);
            Open outer = open.peek();
            if (outer != null && outer.fields() != null) {
              outer.fields().put(names.pop(), last);
            } else if (outer != null) {
              outer.elements().add(last);
            }
          }
        }
      }
    }
    return last.getBytes(StandardCharsets.UTF_8);
  }

  private static String scalar(JsonToken token, JsonParser in) {
    var out = new StringWriter();
    try (JsonGenerator to = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      if (token == JsonToken.PROPERTY_NAME) {
        writeText(to, in.currentName());
      } else {
        write(to, token, in);
      }
    }
    return out.toString();
  }

  private static void write(JsonGenerator to, JsonToken token, JsonParser in) {
    switch (token) {
      case START_OBJECT -> to.writeStartObject();
      case END_OBJECT -> to.writeEndObject();
      case START_ARRAY -> to.writeStartArray();
      case END_ARRAY -> to.writeEndArray();
      case PROPERTY_NAME -> to.writeName(in.currentName());
      case VALUE_STRING -> writeText(to, in.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> writeNumber(to, in.getString());
      case VALUE_TRUE -> to.writeBoolean(true);
      case VALUE_FALSE -> to.writeBoolean(false);
      default -> to.writeNull();
    }
  }

  private static void writeNumber(JsonGenerator to, String number) {
    double value = Double.parseDouble(number);
    if (Double.isInfinite(value)) {
      to.writeNull();
    } else {
      to.writeNumber(JavaScriptNumber.text(value));
    }
  }

  /** Writes text; a lone surrogate is escaped, because UTF-8 cannot encode it. */
  private static void writeText(JsonGenerator to, String text) {
    if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      to.writeString(text);
      return;
    }
    var raw = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        raw.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c) || c < ' ') {
        raw.append("\\u%04x".formatted((int) c));
      } else if (c == '"' || c == '\\') {
        raw.append('\\').append(c);
      } else {
        raw.append(c);
      }
    }
    to.writeRawValue(raw.append('"').toString());
  }
}
