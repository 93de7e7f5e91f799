package io.w7s.sdk.queue;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.SafeText;

/**
 * A message of a batch that cannot be read as the type of its handler. It fails its batch, so that
 * the platform delivers the batch again, unless a {@link BatchHandler} takes care of it and calls
 * {@link #acknowledge()}. Thread-safe.
 */
public final class UnreadableMessage {

  private final String id;
  private final int attempt;
  private final CodecException failure;
  private final byte[] body;
  private volatile boolean acknowledged;

  private UnreadableMessage(String id, int attempt, CodecException failure, byte[] body) {
    this.id = id;
    this.attempt = attempt;
    this.failure = failure;
    this.body = body;
  }

  /**
   * Returns an unreadable message.
   *
   * @param id the message's id
   * @param attempt the number of its delivery, from 1
   * @param failure why it cannot be read
   * @param body its JSON; handed over, not copied
   * @throws InvalidInputException when the attempt is less than 1
   */
  public static UnreadableMessage of(String id, int attempt, CodecException failure, byte[] body) {
    if (attempt < 1) {
      throw new InvalidInputException("attempt", String.valueOf(attempt), "1 or more");
    }
    return new UnreadableMessage(id, attempt, failure, body);
  }

  /** Returns the id that the platform gave the message, the same in each delivery. */
  public String id() {
    return id;
  }

  /** Returns the number of this delivery of the message, from 1; the wire says {@code attempts}. */
  public int attempt() {
    return attempt;
  }

  /** Returns why the message cannot be read: the codec's exception. */
  public CodecException failure() {
    return failure;
  }

  /** Returns why the message cannot be read, on one line, without any part of the message. */
  public String reason() {
    return SafeText.of(String.valueOf(failure.getMessage()), 500);
  }

  /** Returns a copy of the message's body as it came, which may not be valid JSON. */
  public byte[] body() {
    return body.clone();
  }

  /**
   * Lets the batch be acknowledged although this message was not handled. The platform will not
   * deliver it again, so call this after the message is stored in another place; otherwise it is
   * lost.
   */
  public void acknowledge() {
    acknowledged = true;
  }

  /** Returns whether {@link #acknowledge()} was called. */
  public boolean isAcknowledged() {
    return acknowledged;
  }

  /** Returns the id, the attempt and the reason. The body is left out: it may be secret. */
  @Override
  public String toString() {
    return "UnreadableMessage[id="
        + SafeText.of(id)
        + ", attempt="
        + attempt
        + ", reason="
        + reason()
        + "]";
  }
}
