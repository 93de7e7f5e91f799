package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.spi.TimeSource;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.impl.io.SocketHolder;

/**
 * A socket whose reads end when the sender has used up its time. How much that is depends on what
 * the connection is doing. One thread uses it; any may ask what it is doing and since when.
 */
final class TimedSocket extends SocketHolder {

  /** What a connection is doing. */
  enum Phase {
    /** Waits for the first byte of a request. */
    IDLE,
    /** Reads a head. */
    HEAD,
    /** Reads a body, or handles a request. */
    REQUEST,
    /** Writes a response. */
    RESPONSE,
    /** Has written the last response, and reads what the sender still sends. */
    ENDING,
    /** Was closed to make room for another connection. */
    EVICTED
  }

  private static final long ENDING_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How long a write may make no progress before others who wait are preferred. */
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How long a write may make no progress at all. */
  private static final long LONGEST_STUCK_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final int WRITTEN_AT_ONCE = 64 * 1024;

  private final Limits limits;
  private final TimeSource time;
  private volatile Phase phase = Phase.IDLE;
  private volatile long since;
  private long received;

  TimedSocket(Socket socket, Limits limits, TimeSource time) {
    super(socket);
    this.limits = limits;
    this.time = time;
    this.since = now();
  }

  /**
   * Enters a phase, with all of its time.
   *
   * @throws SocketException when the connection was evicted
   */
  synchronized void enter(Phase next) throws SocketException {
    if (phase == Phase.EVICTED) {
      throw new SocketException("closed to make room for another connection");
    }
    received = 0;
    since = now();
    phase = next;
  }

  Phase phase() {
    return phase;
  }

  /** Returns when the phase began, or when a write last made progress, in nanoseconds. */
  long since() {
    return since;
  }

  /** Returns whether no request would be lost if the connection were closed now. */
  boolean isEvictable() {
    return switch (phase) {
      case IDLE, HEAD, ENDING -> true;
      case RESPONSE -> now() - since > STUCK_NANOS;
      default -> false;
    };
  }

  /** Makes the connection end if it is evictable. Returns whether it was. */
  synchronized boolean evict() {
    boolean evictable = isEvictable();
    if (evictable) {
      phase = Phase.EVICTED;
    }
    return evictable;
  }

  /** Makes the connection end if nobody reads its response. Returns whether it does. */
  synchronized boolean evictIfUnread() {
    boolean unread = phase == Phase.RESPONSE && now() - since > LONGEST_STUCK_NANOS;
    if (unread) {
      phase = Phase.EVICTED;
    }
    return unread;
  }

  private long now() {
    return nanos(time.elapsed());
  }

  private static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration); // saturates
  }

  @Override
  protected InputStream getInputStream(Socket socket) throws IOException {
    return new FilterInputStream(super.getInputStream(socket)) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        socket.setSoTimeout(millisLeft());
        int count = in.read(bytes, offset, length);
        if (phase == Phase.IDLE) {
          enter(Phase.HEAD);
        }
        received += Math.max(0, count);
        return count;
      }
    };
  }

  private int millisLeft() throws SocketTimeoutException {
    long left = allowedNanos() - (now() - since);
    if (left <= 0) {
      throw new SocketTimeoutException("the sender has used up its time");
    }
    return (int) Math.min(Integer.MAX_VALUE, 1 + TimeUnit.NANOSECONDS.toMillis(left));
  }

  private long allowedNanos() {
    return switch (phase) {
      case IDLE -> nanos(limits.idle());
      case HEAD -> nanos(limits.head());
      case ENDING -> ENDING_NANOS + earnedNanos();
      default -> nanos(limits.body()) + earnedNanos();
    };
  }

  private long earnedNanos() {
    return TimeUnit.SECONDS.toNanos(received / limits.bytesPerSecond());
  }

  /** In pieces, so that a large response that makes progress is not taken for a stuck one. */
  @Override
  protected OutputStream getOutputStream(Socket socket) throws IOException {
    return new FilterOutputStream(super.getOutputStream(socket)) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; done += WRITTEN_AT_ONCE) {
          out.write(bytes, offset + done, Math.min(WRITTEN_AT_ONCE, length - done));
          since = now();
        }
      }
    };
  }
}
