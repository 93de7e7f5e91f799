package io.w7s.sdk.internal.wire;

import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.WireInstant;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over an envelope in the one form in which the platform and this SDK write it: these
 * fields in this order, no white space, text without escapes. What has another form it declines,
 * and {@link JsonReader} reads it; so this need not know JSON, only recognise what it is given. The
 * bodies in it are found by their brackets and left to whoever decodes them. Used by one thread.
 */
final class PlainForm {

  private final byte[] bytes;
  private final int end;
  private int at;

  /** Messages of a batch mostly came at one moment. */
  private int lastInstantAt;

  private @Nullable Instant lastInstant;

  PlainForm(JsonSlice json) {
    bytes = json.array();
    at = json.offset();
    end = at + json.length();
  }

  static byte[] form(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  int at() {
    return at;
  }

  boolean isAtEnd() {
    return at == end;
  }

  /** Passes over the bytes that come next if they are these. */
  boolean skip(byte[] expected) {
    int to = at + expected.length;
    if (to > end || !Arrays.equals(bytes, at, to, expected, 0, expected.length)) {
      return false;
    }
    at = to;
    return true;
  }

  /** Passes over what comes next if it is what stands from one place to another. */
  boolean skipRepeated(int from, int to) {
    int after = at + to - from;
    if (after > end || !Arrays.equals(bytes, at, after, bytes, from, to)) {
      return false;
    }
    at = after;
    return true;
  }

  /** Returns text up to its closing quote; null when it has anything but plain ASCII. */
  @Nullable String text() {
    for (int i = at; i < end; i++) {
      byte b = bytes[i];
      if (b == '"') {
        String text = new String(bytes, at, i - at, StandardCharsets.ISO_8859_1);
        at = i + 1;
        return text;
      }
      if (b < ' ' || b > '~' || b == '\\') {
        return null;
      }
    }
    return null;
  }

  /** Returns an instant up to its closing quote; null when it is none in the platform's form. */
  @Nullable Instant instant() {
    int length = WireInstant.LENGTH;
    if (lastInstant != null && skipRepeated(lastInstantAt, lastInstantAt + length + 1)) {
      return lastInstant;
    }
    int start = at;
    String text = text();
    if (text == null || !WireInstant.isPlatformForm(text)) {
      return null;
    }
    try {
      lastInstant = WireInstant.parse(text);
      lastInstantAt = start;
      return lastInstant;
    } catch (DateTimeException noSuchDay) {
      return null;
    }
  }

  /** Returns a number from 1 to 999,999,999; 0 when there is none. */
  int count() {
    int number = 0;
    int start = at;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - start < 9) {
      number = number * 10 + bytes[at++] - '0';
    }
    return at > start && bytes[start] != '0' ? number : 0;
  }

  /** Returns one value, whatever it is; null when it has no end. */
  @Nullable JsonSlice value() {
    int start = at;
    int depth = 0;
    for (int i = at; i < end; i++) {
      byte b = bytes[i];
      if (b == '"') {
        i = endOfText(i + 1);
      } else if (b == '{' || b == '[') {
        depth++;
      } else if (depth > 0 && (b == '}' || b == ']')) {
        depth--;
      } else if (depth > 0 || (b != ',' && b != '}' && b != ']')) {
        continue;
      } else {
        return sliceTo(start, i);
      }
      if (depth == 0) {
        return i < end ? sliceTo(start, i + 1) : null;
      }
    }
    return null;
  }

  private int endOfText(int from) {
    int i = from;
    while (i < end) {
      byte b = bytes[i];
      if (b == '"') {
        return i;
      }
      i += b == '\\' ? 2 : 1;
    }
    return i;
  }

  private @Nullable JsonSlice sliceTo(int start, int to) {
    if (to == start) {
      return null;
    }
    at = to;
    return new JsonSlice(bytes, start, to - start);
  }
}
