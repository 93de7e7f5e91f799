package io.w7s.sdk.local.internal.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.io.SessionInputBuffer;

/**
 * A body in chunks, read by the letter of RFC 9112. HttpCore's own stream takes {@code +7} for a
 * chunk size, and reads extensions and trailers of any total length.
 */
final class ChunkedBody extends InputStream {

  /** How many bytes sizes, extensions and trailers may have beside the allowance of each chunk. */
  private static final int MAX_OVERHEAD = 16 * 1024;

  /** What each chunk allows: its size, a short extension and two line ends. */
  private static final int ALLOWANCE_PER_CHUNK = 16;

  private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]{1,15})(?:[ \\t]*;.*)?");

  private final SessionInputBuffer buffer;
  private final InputStream in;
  private boolean begun;
  private long left;
  private long overhead;
  private boolean ended;

  ChunkedBody(SessionInputBuffer buffer, InputStream in) {
    this.buffer = buffer;
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = buffer.read(bytes, offset, (int) Math.min(length, left), in);
    if (count < 0) {
      throw brokenOff();
    }
    left -= count;
    return count;
  }

  private void nextChunk() throws IOException {
    if (begun && !line().isEmpty()) {
      throw new RequestRefused(400, "a chunk is longer than its size says");
    }
    begun = true;
    String line = line();
    Matcher size = SIZE.matcher(line);
    if (!size.matches()) {
      throw new RequestRefused(400, "a chunk size is not a hexadecimal number");
    }
    left = Long.parseLong(size.group(1), 16);
    overhead = Math.max(0, overhead - ALLOWANCE_PER_CHUNK - 2 * left);
    if (left == 0) {
      skipTrailers();
      ended = true;
    }
  }

  private void skipTrailers() throws IOException {
    for (String line = line(); !line.isEmpty(); line = line()) {
      RequestParser.header(line);
    }
  }

  private String line() throws IOException {
    String line = new Lines(buffer, in, MAX_OVERHEAD, 400).next();
    if (line == null) {
      throw brokenOff();
    }
    overhead += line.length() + 2;
    if (overhead > MAX_OVERHEAD) {
      throw new RequestRefused(400, "the chunks have too many or too long extensions or trailers");
    }
    return line;
  }

  private static RequestRefused brokenOff() {
    return new RequestRefused(400, "the body ends before its last chunk");
  }
}
