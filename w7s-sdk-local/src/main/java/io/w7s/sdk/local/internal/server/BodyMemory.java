package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.Headers;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that the bodies of all requests under way share. Thread-safe. */
final class BodyMemory {

  /**
   * How much of each body is not counted: as much as the platform's largest message. So small
   * requests are served also when large ones have taken all there is.
   */
  static final int FREE_BYTES = 64 * 1024;

  private static final Headers SOON = Headers.of("retry-after", "1");

  private final AtomicLong left;

  BodyMemory(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /**
   * Takes memory for a body.
   *
   * @throws RequestRefused when there is not enough of it
   */
  void take(long bytes) throws RequestRefused {
    if (left.addAndGet(-bytes) < 0) {
      giveBack(bytes);
      throw new RequestRefused(503, "too many large bodies are under way, try again later", SOON);
    }
  }

  /** Returns how many bytes can still be taken. */
  long left() {
    return left.get();
  }

  void giveBack(long bytes) {
    left.addAndGet(bytes);
  }
}
