package io.w7s.sdk.local.internal.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, read when it is asked for. It takes memory as it grows, so that a body
 * that is only announced costs nothing. Not thread-safe.
 */
final class RequestBody implements AutoCloseable {

  /** Called before the first byte of a body is read. */
  interface Start {
    void run() throws IOException;
  }

  private final @Nullable HttpEntity entity;
  private final BodyMemory memory;
  private final Start start;
  private long taken;
  private boolean ended;

  /**
   * Makes a body that was not read yet.
   *
   * @param entity null for a request without a body
   */
  RequestBody(@Nullable HttpEntity entity, BodyMemory memory, Start start) {
    this.entity = entity;
    this.memory = memory;
    this.start = start;
    this.ended = entity == null;
  }

  /** Returns whether the next byte of the connection belongs to another request. */
  boolean isRead() {
    return ended;
  }

  byte[] read(int maxBytes) throws IOException {
    if (entity == null) {
      return new byte[0];
    }
    long declared = entity.getContentLength();
    if (declared > maxBytes) {
      throw new RequestRefused(
          413, "the body has " + declared + " bytes, " + maxBytes + " are allowed");
    }
    start.run();
    try {
      byte[] body = read(entity.getContent(), declared < 0 ? maxBytes : (int) declared);
      ended = true;
      return body;
    } catch (SocketTimeoutException slow) {
      throw new RequestRefused(408, "the body comes too slowly");
    } catch (ConnectionClosedException brokenOff) {
      throw new RequestRefused(400, "the body ends before its content-length");
    }
  }

  /** Reads to the end, into an array that grows with what was received. */
  private byte[] read(InputStream in, int max) throws IOException {
    byte[] body = new byte[Math.min(max, BodyMemory.FREE_BYTES)];
    int size = 0;
    while (true) {
      if (size == max) {
        if (in.read() >= 0) {
          throw new RequestRefused(413, "the body has more than the allowed " + max + " bytes");
        }
        break;
      }
      if (size == body.length) {
        body = grown(body, max);
      }
      int count = in.read(body, size, body.length - size);
      if (count < 0) {
        break;
      }
      size += count;
    }
    return size == body.length ? body : Arrays.copyOf(body, size);
  }

  private byte[] grown(byte[] body, int max) throws RequestRefused {
    int length = (int) Math.min(max, 2L * body.length);
    int more = length - body.length;
    memory.take(more);
    taken += more;
    return Arrays.copyOf(body, length);
  }

  /** Gives the memory back, because nobody uses the bytes any more. */
  @Override
  public void close() {
    memory.giveBack(taken);
    taken = 0;
  }
}
