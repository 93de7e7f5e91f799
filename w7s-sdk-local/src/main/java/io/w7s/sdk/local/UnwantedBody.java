package io.w7s.sdk.local;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * What is left of a request's body after its answer. It is read: closing a connection with unread
 * bytes resets it, and the sender would not see the answer it was given. But it is not read for
 * ever: then the connection has to end, or the rest would be taken for further requests.
 */
final class UnwantedBody extends HttpEntityWrapper {

  private static final int MOST_DISCARDED_BYTES = 32 * 1024 * 1024;

  UnwantedBody(HttpEntity entity) {
    super(entity);
  }

  @Override
  public InputStream getContent() throws IOException {
    return new FilterInputStream(super.getContent()) {
      @Override
      public void close() throws IOException {
        for (int discarded = 0; in.read() >= 0; discarded++) {
          if (discarded == MOST_DISCARDED_BYTES) {
            throw new IOException("the request goes on long after its answer");
          }
        }
      }
    };
  }
}
