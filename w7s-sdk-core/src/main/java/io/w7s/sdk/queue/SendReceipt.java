package io.w7s.sdk.queue;

import io.w7s.sdk.AppId;
import java.time.Instant;
import java.util.Objects;

/**
 * The platform's confirmation that it has taken a message. It says nothing about the delivery, and
 * has no message id, because the platform gives none. Immutable; equal to another receipt with the
 * same values.
 */
public final class SendReceipt {

  private final AppId app;
  private final String queue;
  private final Instant enqueuedAt;

  /**
   * Creates a receipt. For transports and tests.
   *
   * @param app the app that declares the queue
   * @param queue the queue's name
   * @param enqueuedAt when the platform took the message
   */
  public SendReceipt(AppId app, String queue, Instant enqueuedAt) {
    this.app = app;
    this.queue = queue;
    this.enqueuedAt = enqueuedAt;
  }

  /** Returns the app that declares the queue. */
  public AppId app() {
    return app;
  }

  /** Returns the queue's name. */
  public String queue() {
    return queue;
  }

  /** Returns when the platform took the message, by the platform's clock. */
  public Instant enqueuedAt() {
    return enqueuedAt;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SendReceipt receipt
        && app.equals(receipt.app)
        && queue.equals(receipt.queue)
        && enqueuedAt.equals(receipt.enqueuedAt);
  }

  @Override
  public int hashCode() {
    return Objects.hash(app, queue, enqueuedAt);
  }

  /** Returns the values of the receipt. */
  @Override
  public String toString() {
    return "SendReceipt[app=" + app + ", queue=" + queue + ", enqueuedAt=" + enqueuedAt + "]";
  }
}
