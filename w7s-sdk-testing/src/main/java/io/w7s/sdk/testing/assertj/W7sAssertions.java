package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal;

/**
 * Where assertions about the platform in memory begin. They look at what has happened and move
 * nothing; a failure shows the journal around the point.
 *
 * <pre>{@code
 * assertThat(w7s).queue(JOBS).hasDelivered(1).hasNoDeadLetters().isEmpty();
 * }</pre>
 */
public final class W7sAssertions {

  private W7sAssertions() {}

  /** Begins an assertion about a platform. */
  public static W7sAssert assertThat(InMemoryW7s actual) {
    return new W7sAssert(actual);
  }

  /** Begins an assertion about a journal, or a part of one. */
  public static JournalAssert assertThat(Journal actual) {
    return new JournalAssert(actual);
  }
}
