package io.w7s.sdk.testing;

import io.w7s.sdk.Caller;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What happened on a platform, in order: one entry for each thing that was sent, delivered, refused
 * and so on. An immutable copy, to be read as often as one likes. It holds no bodies, headers or
 * tokens. The same program with the same seed has the same journal, to the letter.
 *
 * <pre>{@code
 * w7s.journal().about("acme/worker/jobs").of(Kind.RETRIED).size();
 * }</pre>
 */
public final class Journal implements Iterable<Journal.Entry> {

  private final List<Entry> entries;
  private final long forgotten;

  Journal(List<Entry> entries, long forgotten) {
    this.entries = List.copyOf(entries);
    this.forgotten = forgotten;
  }

  /** What an entry tells of. */
  public enum Kind {
    /** An app was deployed, for the first time or again. */
    DEPLOYED,
    /** An app was removed. */
    REMOVED,
    /** A queue took a message. */
    SENT,
    /** A message was handed to its handler; once more for each further attempt. */
    DELIVERED,
    /** The handler is done with a message. */
    ACKNOWLEDGED,
    /** A batch failed, or the run of a schedule did. */
    FAILED,
    /** A message will be delivered once more. */
    RETRIED,
    /** A message was dropped. */
    DEAD_LETTERED,
    /** A consumer set a message aside for a person. */
    PARKED,
    /** A consumer holds a message back and sends it again later. */
    HELD,
    /** The platform refused a call. */
    REFUSED,
    /** A backend answered a request from another app. */
    ANSWERED,
    /** An event went to its subscribers' queues. */
    PUBLISHED,
    /** A workflow instance was started. */
    STARTED,
    /** A workflow instance was run, for the first time or again. */
    RAN,
    /** A schedule fired. */
    FIRED,
    /** A fault struck. */
    FAULTED;

    /** Returns the kind in lower case, such as {@code dead-lettered}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * One thing that happened.
   *
   * @param number from 1, without gaps
   * @param at when, by the virtual clock
   * @param kind what
   * @param caller who caused it; null where the platform itself did
   * @param target to what: {@code owner/repo}, followed by the queue, workflow or path, or an
   *     event's subject; with the environment in parentheses where it is not production
   * @param detail what else there is to say, for a reader
   */
  public record Entry(
      long number, Instant at, Kind kind, @Nullable Caller caller, String target, String detail) {

    /** Returns whether the target is this one, or something of it, such as an app's queue. */
    public boolean isAbout(String whole) {
      return target.startsWith(whole)
          && (target.length() == whole.length()
              || "/ ".indexOf(target.charAt(whole.length())) >= 0);
    }

    /** Returns the entry on one line. */
    @Override
    public String toString() {
      var line = new StringBuilder();
      line.append(number).append(' ').append(at).append(' ').append(kind.word()).append(' ');
      line.append(target);
      if (caller != null) {
        line.append(" by ").append(caller);
      }
      return detail.isEmpty() ? line.toString() : line.append(": ").append(detail).toString();
    }
  }

  /** Returns the entries, oldest first; unmodifiable. */
  public List<Entry> entries() {
    return entries;
  }

  /** Returns how many entries there are. */
  public int size() {
    return entries.size();
  }

  /** Returns whether nothing happened. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Returns how many older entries were not kept, because the journal is bounded. */
  public long forgotten() {
    return forgotten;
  }

  /** Returns the entries of some kinds alone. */
  public Journal of(Kind... kinds) {
    List<Kind> wanted = Arrays.asList(kinds);
    return filter(entry -> wanted.contains(entry.kind()));
  }

  /**
   * Returns the entries about a target alone: {@code acme/worker} for all of an app, {@code
   * acme/worker/jobs} for one of its queues.
   */
  public Journal about(String target) {
    return filter(entry -> entry.isAbout(target));
  }

  /** Returns the entries that fit alone. */
  public Journal filter(Predicate<Entry> wanted) {
    return new Journal(entries.stream().filter(wanted).toList(), forgotten);
  }

  @Override
  public Iterator<Entry> iterator() {
    return entries.iterator();
  }

  /**
   * Returns the entries around the last one that fits, a line each, those that fit marked with
   * {@code >}; the end of the journal where none does.
   */
  public String around(Predicate<Entry> wanted) {
    int last = entries.size() - 1;
    while (last >= 0 && !wanted.test(entries.get(last))) {
      last--;
    }
    int to = last < 0 ? entries.size() : Math.min(entries.size(), last + 6);
    int from = Math.max(0, to - 20);
    var text = new StringBuilder();
    if (from + forgotten > 0) {
      text.append("  (").append(from + forgotten).append(" earlier)\n");
    }
    for (Entry entry : entries.subList(from, to)) {
      text.append(wanted.test(entry) ? "> " : "  ").append(entry).append('\n');
    }
    if (to < entries.size()) {
      text.append("  (").append(entries.size() - to).append(" later)\n");
    }
    return text.isEmpty() ? "  (nothing happened)\n" : text.toString();
  }

  /** Returns whether the other tells the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Journal journal
        && entries.equals(journal.entries)
        && forgotten == journal.forgotten;
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  /** Returns the entries, a line each. */
  @Override
  public String toString() {
    var text = new StringBuilder();
    if (forgotten > 0) {
      text.append("(").append(forgotten).append(" earlier entries were not kept)\n");
    }
    entries.forEach(entry -> text.append(entry).append('\n'));
    return text.toString();
  }
}
