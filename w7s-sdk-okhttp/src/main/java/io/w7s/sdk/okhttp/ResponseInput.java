package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.io.InputStream;
import okhttp3.Response;

/**
 * The input of a connection, which can be told to end each read where the HTTP/1 response ends.
 * OkHttp reads as much as it gets and keeps what is left for the next response; here the rest stays
 * where it can be noticed. Every byte is handed out in its order, whatever was told. Used by one
 * thread at a time; {@link #count()} and {@link #isEmpty()} by the same one.
 */
final class ResponseInput extends InputStream {

  private static final int BUFFER_SIZE = 8192;

  /** Where a read ends, at the latest. */
  private enum End {
    /** Nowhere: this is not HTTP/1, or the body lasts as long as the connection. */
    NONE,
    /** After an empty line, which ends a head. */
    EMPTY_LINE,
    /** After each line: a chunked body ends with one. */
    LINE,
    /** After a number of bytes. */
    COUNT
  }

  private final InputStream in;
  private byte[] buffer = new byte[0];
  private int position;
  private int limit;
  private long count;

  private End end = End.NONE;
  private boolean lineIsEmpty;
  private long left;

  ResponseInput(InputStream in) {
    this.in = in;
  }

  /** Returns how many bytes were read from the connection so far. */
  long count() {
    return count;
  }

  /** Returns whether all that was read from the connection was handed out. */
  boolean isEmpty() {
    return position == limit;
  }

  /** Says that the next bytes are the head of a response. */
  void expectHead() {
    end = End.EMPTY_LINE;
    lineIsEmpty = true;
  }

  /** Says that the next bytes are the body of a response, of which only the head was read. */
  void expectBody(Response head) {
    left = head.body().contentLength();
    if (left >= 0) {
      end = End.COUNT;
    } else {
      end = head.header("transfer-encoding") == null ? End.NONE : End.LINE;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!isEmpty()) {
      return handOut(into, offset, length);
    }
    if (end == End.NONE) {
      return counted(in.read(into, offset, length));
    }
    if (end == End.COUNT && left > 0) {
      int read = counted(in.read(into, offset, (int) Math.min(length, left)));
      left -= Math.max(read, 0);
      return read;
    }
    return fill() < 0 ? -1 : handOut(into, offset, length);
  }

  private int fill() throws IOException {
    if (buffer.length == 0) {
      buffer = new byte[BUFFER_SIZE];
    }
    int read = counted(in.read(buffer, 0, buffer.length));
    position = 0;
    limit = Math.max(read, 0);
    return read;
  }

  private int counted(int read) {
    count += Math.max(read, 0);
    return read;
  }

  private int handOut(byte[] into, int offset, int length) {
    int available = Math.min(length, limit - position);
    int size =
        switch (end) {
          case NONE -> available;
          case COUNT -> left > 0 ? (int) Math.min(available, left) : available;
          case LINE, EMPTY_LINE -> untilLineEnd(available);
        };
    System.arraycopy(buffer, position, into, offset, size);
    position += size;
    left -= size;
    return size;
  }

  private int untilLineEnd(int available) {
    for (int i = 0; i < available; i++) {
      byte b = buffer[position + i];
      if (b == '\n') {
        if (end == End.LINE || lineIsEmpty) {
          return i + 1;
        }
        lineIsEmpty = true;
      } else if (b != '\r') {
        lineIsEmpty = false;
      }
    }
    return available;
  }

  @Override
  public int available() throws IOException {
    return limit - position + in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
