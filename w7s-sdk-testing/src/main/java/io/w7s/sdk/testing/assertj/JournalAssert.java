package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.testing.Journal;
import io.w7s.sdk.testing.Journal.Entry;
import io.w7s.sdk.testing.Journal.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractAssert;

/** Assertions about a journal. */
public final class JournalAssert extends AbstractAssert<JournalAssert, Journal> {

  JournalAssert(Journal actual) {
    super(actual, JournalAssert.class);
  }

  /** Checks how many entries of a kind there are. */
  public JournalAssert has(Kind kind, int entries) {
    isNotNull();
    Predicate<Entry> wanted = entry -> entry.kind() == kind;
    int found = actual.filter(wanted).size();
    if (found != entries) {
      throw failure("%d entries %s, found %d".formatted(entries, kind.word(), found), wanted);
    }
    return this;
  }

  /** Checks that there is no entry of a kind. */
  public JournalAssert hasNo(Kind kind) {
    return has(kind, 0);
  }

  /** Checks that there is an entry of a kind about a target, or about a part of it. */
  public JournalAssert has(Kind kind, String target) {
    isNotNull();
    if (actual.of(kind).about(target).isEmpty()) {
      throw failure("an entry %s about %s".formatted(kind.word(), target), e -> e.isAbout(target));
    }
    return this;
  }

  /**
   * Checks that there are entries of these kinds in this order. Other entries may be between them.
   */
  public JournalAssert hasInOrder(Kind... kinds) {
    isNotNull();
    List<Kind> wanted = Arrays.asList(kinds);
    int next = 0;
    for (Entry entry : actual) {
      if (next < wanted.size() && entry.kind() == wanted.get(next)) {
        next++;
      }
    }
    if (next < wanted.size()) {
      throw failure(
          "%s in this order, found no %s after the %d before it"
              .formatted(wanted.stream().map(Kind::word).toList(), wanted.get(next).word(), next),
          entry -> wanted.contains(entry.kind()));
    }
    return this;
  }

  /** Checks that nothing happened. */
  public JournalAssert isEmpty() {
    isNotNull();
    if (!actual.isEmpty()) {
      throw failure("nothing to have happened", entry -> true);
    }
    return this;
  }

  private AssertionError failure(String expected, Predicate<Entry> concerns) {
    return failure("journal: expected %s%n%s", expected, actual.around(concerns).stripTrailing());
  }
}
