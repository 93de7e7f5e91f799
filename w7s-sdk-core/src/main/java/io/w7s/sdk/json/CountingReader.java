package io.w7s.sdk.json;

import io.w7s.sdk.internal.json.JsonPlace;
import java.io.Reader;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Returns text one character at a time, so that it knows how far a parser has read. JSON-B does not
 * say where a value is that it refuses; reading the text again through this finds out.
 */
final class CountingReader extends Reader {

  private final String text;
  private int next;

  CountingReader(String text) {
    this.text = text;
  }

  @Override
  public int read(char[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    if (next == text.length()) {
      return -1;
    }
    buffer[offset] = text.charAt(next++);
    return 1;
  }

  @Override
  public void close() {}

  /** Returns line and column of the last character that was read; null before the first. */
  @Nullable String lineAndColumn() {
    int lines = (int) text.chars().limit(next).filter(c -> c == '\n').count();
    int column = next - (text.substring(0, next).lastIndexOf('\n') + 1);
    return next == 0 ? null : JsonPlace.lineAndColumn(lines + 1, column);
  }
}
