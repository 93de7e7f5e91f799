package io.w7s.sdk.spi;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the messages on the queues of local mode, and of any other emulator, beyond the life of the
 * process. The queues themselves are in memory. They tell the store each change before its effect
 * is visible, and load what it kept when they are declared. Implementations are thread-safe, and
 * may throw any unchecked exception.
 */
public interface MessageStore extends AutoCloseable {

  /** Keeps nothing: the messages are lost when the process ends. */
  MessageStore NONE =
      new MessageStore() {
        @Override
        public void declare(Queue queue, String consumer) {}

        @Override
        public void save(Queue queue, List<Message> messages) {}

        @Override
        public void remove(Queue queue, List<String> ids) {}

        @Override
        public List<Message> load(Queue queue) {
          return List.of();
        }

        @Override
        public List<KeptQueue> queues() {
          return List.of();
        }
      };

  /**
   * Keeps the path of a queue's consumer. Called with each queue of each deployment, before any
   * message of the queue is saved or loaded.
   */
  void declare(Queue queue, String consumer);

  /**
   * Keeps messages that were sent or will be delivered again. Each replaces the message with the
   * same id. When this throws, none of them was kept, and a message that was being sent is refused.
   */
  void save(Queue queue, List<Message> messages);

  /**
   * Forgets messages that were acknowledged or dropped. When this throws, they may come again with
   * the next process.
   */
  void remove(Queue queue, List<String> ids);

  /** Returns the messages kept for a queue, in any order; called when the queue is declared. */
  List<Message> load(Queue queue);

  /** Returns the queues that it keeps messages for, declared or not, in any order. */
  List<KeptQueue> queues();

  /** Releases what it holds. Whoever opened a store closes it, after the last delivery. */
  @Override
  default void close() {}

  /**
   * A queue of an app in an environment.
   *
   * @param app the app that declares it
   * @param environment the environment that the app is in
   * @param name the queue's name
   */
  record Queue(AppId app, Environment environment, String name) {}

  /**
   * A queue with messages in a store.
   *
   * @param queue the queue
   * @param consumer the path that consumed it when it was last declared
   * @param messages how many messages are kept for it, 1 or more
   */
  record KeptQueue(Queue queue, String consumer, long messages) {}

  /**
   * A message as it is kept. The body is handed over, not copied.
   *
   * @param id 32 hexadecimal digits, unique in its queue
   * @param attempts the number of its next delivery, from 1
   * @param enqueuedAt when the queue accepted it
   * @param availableAt when it may be delivered
   * @param caller who sent it; null when unknown
   * @param body JSON
   */
  record Message(
      String id,
      int attempts,
      Instant enqueuedAt,
      Instant availableAt,
      @Nullable Caller caller,
      byte[] body) {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    /**
     * Checks the id and the attempts.
     *
     * @throws InvalidInputException when one of them cannot be a message's
     */
    public Message {
      if (!ID.matcher(id).matches()) {
        throw new InvalidInputException(
            "id of a kept message", "another text", "32 hexadecimal digits in lower case");
      }
      if (attempts < 1) {
        throw new InvalidInputException(
            "attempts of a kept message", String.valueOf(attempts), "1 or more");
      }
    }

    /** Returns the id and the attempt, but not the body, which may be secret. */
    @Override
    public String toString() {
      return "message " + id + ", attempt " + attempts;
    }
  }
}
