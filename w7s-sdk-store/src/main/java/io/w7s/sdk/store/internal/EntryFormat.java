package io.w7s.sdk.store.internal;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JsonCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * The keys and values of a key-value store as bytes, and what is refused. Keys are UTF-8, whose
 * order of bytes is that of code points, and the same on every database.
 *
 * @param codec writes and reads values
 * @param type the type of the values
 */
public record EntryFormat<V>(JsonCodec codec, TypeRef<V> type) {

  /** The longest key, in characters. */
  public static final int MAX_KEY_LENGTH = 400;

  /** The most bytes of JSON that a value may have. */
  public static final int MAX_VALUE_BYTES = 1_048_576;

  /** The most entries that are listed at once. */
  public static final int MAX_PAGE = 1_000;

  /** The longest time to live. */
  public static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(36_500);

  /** Greater than every byte of UTF-8. */
  private static final byte END = (byte) 0xff;

  /** Returns a key. */
  public static byte[] key(String key) {
    if (key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
      throw new InvalidInputException(
          "key", key.length() + " characters", "from 1 to " + MAX_KEY_LENGTH);
    }
    return utf8("key", key);
  }

  /**
   * The keys that are listed.
   *
   * @param from the first
   * @param to greater than the last
   * @param limit how many at most
   */
  public record Range(byte[] from, byte[] to, int limit) {

    /** Returns whether there is no key in it. */
    public boolean isEmpty() {
      return Arrays.compareUnsigned(from, to) >= 0;
    }
  }

  /** Returns the range of the keys that have a prefix and are greater than another key. */
  public static Range range(String prefix, int limit, String after) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new InvalidInputException("limit", String.valueOf(limit), "from 1 to " + MAX_PAGE);
    }
    byte[] start = part("prefix", prefix);
    byte[] to = Arrays.copyOf(start, start.length + 1);
    to[start.length] = END;
    byte[] last = part("after", after);
    byte[] next = last.length == 0 ? last : Arrays.copyOf(last, last.length + 1); // ends with 0
    return new Range(Arrays.compareUnsigned(start, next) < 0 ? next : start, to, limit);
  }

  private static byte[] part(String field, String text) {
    if (text.length() > MAX_KEY_LENGTH) {
      throw new InvalidInputException(
          field, text.length() + " characters", "at most " + MAX_KEY_LENGTH);
    }
    return utf8(field, text);
  }

  /** Returns a text, or what a text begins with, as UTF-8; refuses one that has none. */
  public static byte[] utf8(String field, String text) {
    return Texts.storable(field, text).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the text of a key. */
  public static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  /** Returns a time to live in milliseconds. */
  public static long millis(Duration timeToLive) {
    if (timeToLive.compareTo(Duration.ofMillis(1)) < 0
        || timeToLive.compareTo(MAX_TIME_TO_LIVE) > 0) {
      throw new InvalidInputException(
          "time to live",
          timeToLive.toString(),
          "from 1 millisecond to " + MAX_TIME_TO_LIVE.toDays() + " days");
    }
    return timeToLive.toMillis();
  }

  /** Writes a value. */
  public byte[] write(V value) {
    byte[] json = JsonData.write(codec, requireNonNull(value, "value"), type);
    if (json.length > MAX_VALUE_BYTES) {
      throw new InvalidInputException(
          "value", json.length + " bytes of JSON", "at most " + MAX_VALUE_BYTES);
    }
    return json;
  }

  /** Reads a value. */
  public V read(byte[] json) {
    V value = JsonData.read(codec, json, type);
    if (value == null) {
      throw new CodecException(type.toString(), null, "the stored value is null", null);
    }
    return value;
  }
}
