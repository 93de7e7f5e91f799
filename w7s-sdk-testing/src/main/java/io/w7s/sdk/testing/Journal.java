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
 * What happened on a platform, in order. It has one entry for each message that was sent, each
 * delivery, each refusal and so on. A journal is an immutable copy, without bodies, headers and
 * tokens. The same program with the same seed has exactly the same journal.
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

  /** The kinds of entry. */
  public enum Kind {
    /** An app was deployed, for the first time or again. */
    DEPLOYED,
    /** An app was removed. */
    REMOVED,
    /** A queue accepted a message. */
    SENT,
    /** A message was delivered to its handler. Each attempt has its own entry. */
    DELIVERED,
    /** A handler acknowledged a message. */
    ACKNOWLEDGED,
    /** A batch failed, or the run of a schedule. */
    FAILED,
    /** A message will be delivered again. */
    RETRIED,
    /** A message was dropped. */
    DEAD_LETTERED,
    /** A consumer set a message aside for a person. */
    PARKED,
    /** A consumer holds a message back and sends it again later. */
    HELD,
    /** The platform refused a call. */
    REFUSED,
    /** A backend responded to a request from another app. */
    RESPONDED,
    /** An event was sent to the queues of its subscribers. */
    PUBLISHED,
    /** A workflow instance was started. */
    STARTED,
    /** A workflow instance was run, for the first time or again. */
    RAN,
    /** A schedule fired. */
    FIRED,
    /** A fault occurred. */
    FAULTED;

    /** Returns the kind in lower case, such as {@code dead-lettered}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * One thing that happened.
   *
   * @param number the number of the entry, from 1 without gaps
   * @param at the time, by the virtual clock
   * @param kind the kind of entry
   * @param caller the app that caused it; null if the platform itself did
   * @param target {@code owner/repo}, followed by the queue, workflow or path; or the subject of an
   *     event; with the environment in parentheses if it is not production
   * @param detail further text for a human reader; may be empty
   */
  public record Entry(
      long number, Instant at, Kind kind, @Nullable Caller caller, String target, String detail) {

    /** Returns whether the target is this one or a part of it, such as a queue of an app. */
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

  /** Returns the number of entries. */
  public int size() {
    return entries.size();
  }

  /** Returns whether there are no entries. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Returns the number of older entries that a bounded journal did not keep. */
  public long forgotten() {
    return forgotten;
  }

  /** Returns a journal with the entries of these kinds only. */
  public Journal of(Kind... kinds) {
    List<Kind> wanted = Arrays.asList(kinds);
    return filter(entry -> wanted.contains(entry.kind()));
  }

  /**
   * Returns a journal with the entries about a target only: {@code acme/worker} for an app and all
   * of its parts, {@code acme/worker/jobs} for one of its queues.
   */
  public Journal about(String target) {
    return filter(entry -> entry.isAbout(target));
  }

  /** Returns a journal with the matching entries only. */
  public Journal filter(Predicate<Entry> wanted) {
    return new Journal(entries.stream().filter(wanted).toList(), forgotten);
  }

  @Override
  public Iterator<Entry> iterator() {
    return entries.iterator();
  }

  /**
   * Returns the entries around the last one that matches, one on each line. Matching entries are
   * marked with {@code >}. If none matches, returns the end of the journal.
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

  /** Returns whether the other object is a journal with equal entries. */
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

  /** Returns the entries, one on each line. */
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
