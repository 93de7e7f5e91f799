package io.w7s.sdk.okhttp;

import io.w7s.sdk.RawBody;
import java.io.IOException;
import java.io.InputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** The body of a request, sent as it is read. Its content type is among the headers. */
final class StreamedRequestBody extends RequestBody {

  private static final int BUFFER_BYTES = 16 * 1024;

  /** The body could not be read, which is no failure of the connection. */
  static final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableException(Exception cause) {
      super(cause.toString(), cause);
    }
  }

  private final RawBody body;

  StreamedRequestBody(RawBody body) {
    this.body = body;
  }

  @Override
  public @Nullable MediaType contentType() {
    return null;
  }

  @Override
  public boolean isOneShot() {
    return true; // each attempt is one request
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    InputStream in = opened();
    try {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int count = read(in, buffer); count >= 0; count = read(in, buffer)) {
        sink.write(buffer, 0, count);
      }
    } finally {
      close(in);
    }
  }

  private InputStream opened() throws IOException {
    try {
      return body.open();
    } catch (IOException e) {
      throw new UnreadableException(e);
    }
  }

  private static int read(InputStream in, byte[] buffer) throws IOException {
    try {
      return in.read(buffer);
    } catch (IOException | RuntimeException e) {
      throw new UnreadableException(e);
    }
  }

  /** Everything was read, or there is a failure that says more. */
  private static void close(InputStream in) {
    try {
      in.close();
    } catch (IOException | RuntimeException e) {
      // what was read was sent
    }
  }
}
