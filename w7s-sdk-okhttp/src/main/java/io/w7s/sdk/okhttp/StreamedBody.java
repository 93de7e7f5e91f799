package io.w7s.sdk.okhttp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The body of a response, in its caller's hands. Its attempt is under way until it is closed. */
final class StreamedBody extends FilterInputStream {

  private final Runnable closed;

  StreamedBody(InputStream body, Runnable closed) {
    super(body);
    this.closed = closed;
  }

  /** Okio waits for a byte even where none is asked for, as {@link #readNBytes} does at its end. */
  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return length == 0 ? 0 : super.read(into, offset, length);
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      closed.run();
    }
  }
}
