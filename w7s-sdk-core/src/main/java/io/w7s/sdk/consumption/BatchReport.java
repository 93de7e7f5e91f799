package io.w7s.sdk.consumption;

import io.w7s.sdk.internal.text.SafeText;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of each message of one delivery. Every message has one fate, so {@code delivered =
 * handled + skipped + parked + held + comingAgain}; the delivery was acknowledged if {@code
 * comingAgain} is zero. Immutable.
 */
public final class BatchReport {

  private final String queue;
  private final List<Message> messages;

  private BatchReport(String queue, List<Message> messages) {
    this.queue = queue;
    this.messages = List.copyOf(messages);
  }

  /**
   * Returns a report.
   *
   * @param queue the queue, as {@code owner/repo/name}
   * @param messages one for each message of the delivery, in its order
   */
  public static BatchReport of(String queue, List<Message> messages) {
    return new BatchReport(queue, messages);
  }

  /**
   * What became of a message.
   *
   * @param id the platform's id; of a message that was sent again, the id that it had at first
   * @param key what identifies it within the queue
   * @param attempt the number of the attempt, from 1
   * @param fate what became of it
   * @param reason why, where it was not handled; null otherwise
   */
  public record Message(String id, String key, int attempt, Fate fate, @Nullable String reason) {

    /** Returns why it was not handled; empty where it was. */
    public Optional<String> why() {
      return Optional.ofNullable(reason);
    }

    /** Returns the fate, the id, the attempt and the reason. */
    @Override
    public String toString() {
      return fate
          + " "
          + SafeText.of(id)
          + " (attempt "
          + attempt
          + ")"
          + (reason == null ? "" : ": " + SafeText.of(reason));
    }
  }

  /** Returns the queue, as {@code owner/repo/name}. */
  public String queue() {
    return queue;
  }

  /** Returns the messages in the order of the delivery; unmodifiable. */
  public List<Message> messages() {
    return messages;
  }

  /** Returns how many messages the delivery had. */
  public int delivered() {
    return messages.size();
  }

  /** Returns how many messages were handled in this delivery. */
  public int handled() {
    return count(Fate.HANDLED);
  }

  /** Returns how many messages were decided before. */
  public int skipped() {
    return count(Fate.SKIPPED);
  }

  /** Returns how many messages were parked in this delivery. */
  public int parked() {
    return count(Fate.PARKED);
  }

  /** Returns how many messages were held back in this delivery. */
  public int held() {
    return count(Fate.HELD);
  }

  /** Returns how many messages are undecided, so that the whole batch is delivered again. */
  public int comingAgain() {
    return count(Fate.COMING_AGAIN);
  }

  /** Returns how many messages had a fate. */
  public int count(Fate fate) {
    int count = 0;
    for (Message message : messages) {
      if (message.fate() == fate) {
        count++;
      }
    }
    return count;
  }

  /** Returns the queue and the counts. */
  @Override
  public String toString() {
    return queue
        + ": "
        + delivered()
        + " delivered = "
        + handled()
        + " handled + "
        + skipped()
        + " skipped + "
        + parked()
        + " parked + "
        + held()
        + " held + "
        + comingAgain()
        + " coming again";
  }
}
