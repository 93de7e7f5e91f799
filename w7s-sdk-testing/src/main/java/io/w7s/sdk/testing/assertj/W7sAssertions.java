package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal;
import org.assertj.core.api.Assertions;

/**
 * Entry point to the assertions about the platform in memory, and to all of AssertJ's. One import
 * serves for both:
 *
 * <pre>{@code
 * import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThat;
 *
 * assertThat(handled).containsExactly("a");
 * assertThat(w7s).queue(JOBS).hasDelivered(1).hasNoDeadLetters().isEmpty();
 * }</pre>
 *
 * <p>Imports of {@link Assertions} may stay beside it, with one exception: an import of {@code
 * Assertions.assertThat} alone hides that of {@code W7sAssertions.*}. Import {@code
 * W7sAssertions.assertThat} then.
 *
 * <p>The assertions about a platform only read. They do not move the clock. The message of a
 * failure shows the journal around the last entry that matters.
 */
public final class W7sAssertions extends Assertions {

  private W7sAssertions() {}

  /** Returns assertions about a platform. */
  public static W7sAssert assertThat(InMemoryW7s actual) {
    return new W7sAssert(actual);
  }

  /** Returns assertions about a journal. */
  public static JournalAssert assertThat(Journal actual) {
    return new JournalAssert(actual);
  }
}
