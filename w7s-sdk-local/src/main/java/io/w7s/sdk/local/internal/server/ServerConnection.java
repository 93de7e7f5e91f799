package io.w7s.sdk.local.internal.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.io.SessionInputBuffer;

/** HttpCore's connection, with a strict reader of heads and chunks. */
final class ServerConnection extends DefaultBHttpServerConnection {

  /** Header values are read as Latin-1, which loses nothing, and written as UTF-8. */
  ServerConnection(TimedSocket socket) throws IOException {
    super(
        "http",
        Http1Config.DEFAULT,
        null,
        StandardCharsets.UTF_8.newEncoder(),
        null,
        null,
        config -> new RequestParser(),
        null);
    bind(socket);
  }

  @Override
  protected InputStream createContentInputStream(
      long length, SessionInputBuffer buffer, InputStream in) {
    return length == ContentLengthStrategy.CHUNKED
        ? new ChunkedBody(buffer, in)
        : super.createContentInputStream(length, buffer, in);
  }
}
