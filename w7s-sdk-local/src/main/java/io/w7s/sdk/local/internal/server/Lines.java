package io.w7s.sdk.local.internal.server;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a head, or those around the chunks of a body. Each has to end with CR LF and
 * to hold no other control characters but tabs.
 */
final class Lines {

  private final SessionInputBuffer buffer;
  private final InputStream in;
  private final int maxBytes;
  private final int tooLong;
  private int count;

  /**
   * Reads lines.
   *
   * @param maxBytes how many bytes all lines together may have, their ends included
   * @param tooLong the status that refuses more of them
   */
  Lines(SessionInputBuffer buffer, InputStream in, int maxBytes, int tooLong) {
    this.buffer = buffer;
    this.in = in;
    this.maxBytes = maxBytes;
    this.tooLong = tooLong;
  }

  /**
   * Returns the next line as Latin-1, without its end; null when the stream ends before the first
   * line.
   */
  @Nullable String next() throws IOException {
    int b = buffer.read(in);
    if (b < 0 && count == 0) {
      return null;
    }
    if (b == ' ' || b == '\t') {
      throw new RequestRefused(400, "a line begins with white space");
    }
    var line = new StringBuilder();
    while (b != '\r') {
      line.append(checked(b));
      b = buffer.read(in);
    }
    count += 2;
    if (buffer.read(in) != '\n') {
      throw new RequestRefused(400, "a line has a CR that no LF follows");
    }
    return line.toString();
  }

  private char checked(int b) throws RequestRefused {
    if (b < 0) {
      throw new RequestRefused(400, "the request ends within a line");
    }
    if ((b < ' ' && b != '\t') || b == 127) {
      throw new RequestRefused(400, "a line has a control character, or an LF without a CR");
    }
    if (++count > maxBytes) {
      throw new RequestRefused(
          tooLong, "the request has more than the allowed " + maxBytes + " bytes around its body");
    }
    return (char) b;
  }
}
