package io.w7s.sdk.emulator;

import java.util.ArrayDeque;
import java.util.List;

/** The last so many dropped messages. Thread-safe. */
final class DeadLetters {

  private final int most;
  private final ArrayDeque<DeadLetter> letters = new ArrayDeque<>();

  DeadLetters(int most) {
    this.most = most;
  }

  synchronized void add(DeadLetter letter) {
    letters.add(letter);
    if (letters.size() > most) {
      letters.remove();
    }
  }

  synchronized List<DeadLetter> list() {
    return List.copyOf(letters);
  }

  synchronized void clear() {
    letters.clear();
  }
}
