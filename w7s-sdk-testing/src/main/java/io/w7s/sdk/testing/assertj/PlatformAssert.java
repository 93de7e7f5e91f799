package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal;
import io.w7s.sdk.testing.Journal.Entry;
import io.w7s.sdk.testing.Journal.Kind;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractAssert;

/** The base of assertions about one part of a platform. */
abstract class PlatformAssert<S extends PlatformAssert<S>> extends AbstractAssert<S, InMemoryW7s> {

  private final String what;
  private final Predicate<Entry> concerns;

  /**
   * Creates assertions.
   *
   * @param what the name of the part, for messages
   * @param concerns matches the journal entries about the part
   */
  PlatformAssert(InMemoryW7s actual, Class<S> self, String what, Predicate<Entry> concerns) {
    super(actual, self);
    this.what = what;
    this.concerns = concerns;
  }

  /** Returns the number of entries of a kind about this part. */
  final int recorded(Kind kind) {
    return recorded(kind, concerns);
  }

  final int recorded(Kind kind, Predicate<Entry> wanted) {
    isNotNull();
    Journal journal = actual.journal();
    if (journal.forgotten() > 0) {
      failWithMessage(
          "%s: the journal is bounded, and has forgotten %d entries that would have to be counted",
          what, journal.forgotten());
    }
    return journal.of(kind).filter(wanted).size();
  }

  final S hasCount(String counted, long expected, long found) {
    if (found != expected) {
      throw failure("%d %s, found %d".formatted(expected, counted, found));
    }
    return myself;
  }

  /**
   * Returns an error with what was expected, and with the journal around the last entry about it.
   */
  final AssertionError failure(String expected) {
    return failureWithActualExpected(
        actual,
        expected,
        "%s: expected %s%n%s",
        what,
        expected,
        actual.journal().around(concerns).stripTrailing());
  }
}
