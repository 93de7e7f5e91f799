package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.emulator.queue.QueueId;

/** The store did not keep a message, which therefore was not accepted. */
public final class NotStoredException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NotStoredException(QueueId queue, RuntimeException cause) {
    super("the message store of queue " + queue + " failed: " + cause.getMessage(), cause);
  }
}
