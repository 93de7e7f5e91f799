package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.emulator.queue.DeadLetter.Reason;
import io.w7s.sdk.emulator.queue.QueueListener;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.spi.TimeSource;
import java.util.ArrayDeque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops messages, and keeps those that were dropped last. Thread-safe. */
final class DeadLetters {

  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

  private final TimeSource time;
  private final KeptMessages kept;
  private final QueueListener listener;
  private final int most;
  private final ArrayDeque<DeadLetter> letters = new ArrayDeque<>();

  DeadLetters(TimeSource time, KeptMessages kept, QueueListener listener, int most) {
    this.time = time;
    this.kept = kept;
    this.listener = listener;
    this.most = most;
  }

  /** Drops a message that was on a queue. Called with no lock of the queue held. */
  void drop(QueuedMessage message, Reason reason, String cause) {
    log.warn("dropped {}: {}{}", message, reason, cause.isEmpty() ? "" : ", " + cause);
    var letter = new DeadLetter(message, reason, cause, time.now());
    keep(letter);
    kept.forget(List.of(message));
    listener.deadLettered(letter);
  }

  private synchronized void keep(DeadLetter letter) {
    letters.add(letter);
    if (letters.size() > most) {
      letters.remove();
    }
  }

  /** Returns the messages that were dropped last, oldest first. */
  synchronized List<DeadLetter> list() {
    return List.copyOf(letters);
  }

  synchronized void clear() {
    letters.clear();
  }
}
