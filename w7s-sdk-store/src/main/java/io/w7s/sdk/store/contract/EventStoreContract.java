package io.w7s.sdk.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.store.event.AppendReceipt;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.EventStore.OpenTransaction;
import io.w7s.sdk.store.event.IdConflictException;
import io.w7s.sdk.store.event.StoredEvent;
import io.w7s.sdk.store.event.VersionConflictException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * What an {@link EventStore} keeps on a database. Extend it to see that it does on yours, with your
 * driver, pool and settings:
 *
 * <pre>{@code
 * class EventStoreOnOurDatabaseTest extends EventStoreContract {
 *   protected DataSource dataSource() {
 *     return OurDatabase.dataSource();
 *   }
 * }
 * }</pre>
 *
 * <p>It adds events to the store and leaves them there.
 */
public abstract class EventStoreContract {

  /** What the events say. */
  public record Note(String text) {}

  private static final int WRITERS = 4;
  private static final int EVENTS = 1_000;

  private final String run = UUID.randomUUID().toString();
  private final SubjectRef<Note> notes = SubjectRef.of("contract." + run, Note.class);
  private final EventQuery mine = EventQuery.all().subject(notes);

  /** For the tests of a database to extend. */
  protected EventStoreContract() {}

  /**
   * Returns the database, with the tables of {@code StoreSchema}; it is asked once for each test.
   */
  protected abstract DataSource dataSource();

  /** Returns whether two transactions can write at the same time, as they cannot on SQLite. */
  protected boolean writesAtTheSameTime() {
    return true;
  }

  private static Note note(int number) {
    return new Note("note " + number);
  }

  private static List<String> texts(List<StoredEvent> events) {
    return events.stream().map(event -> event.data(Note.class).text()).toList();
  }

  @Test
  void keepsAnEventWithAllThatWasSaid() {
    EventStore events = EventStore.of(dataSource());
    String stream = "order-" + run;
    Instant time = Instant.parse("2026-11-27T10:15:30.123Z");

    AppendReceipt receipt =
        events.append(
            notes,
            new Note("größer 😀"),
            event ->
                event.id(run).time(time).stream(stream)
                    .attribute("customer", "c=7")
                    .attribute("country", "de")
                    .traceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

    assertThat(receipt).isEqualTo(new AppendReceipt(run, OptionalLong.of(1)));
    StoredEvent stored = events.read(mine, EventStore.START, 10).get(0);
    assertThat(stored.position()).isPositive();
    assertThat(stored.id()).isEqualTo(run);
    assertThat(stored.subject()).isEqualTo(notes.name());
    assertThat(stored.stream()).contains(stream);
    assertThat(stored.version()).hasValue(1);
    assertThat(stored.time()).isEqualTo(time);
    assertThat(stored.data(Note.class)).isEqualTo(new Note("größer 😀"));
    assertThat(stored.attributes()).isEqualTo(Map.of("customer", "c=7", "country", "de"));
    assertThat(stored.traceParent())
        .contains("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assertThat(events.find(run)).hasValueSatisfying(it -> assertThat(it.id()).isEqualTo(run));
    assertThat(events.find("another " + run)).isEmpty();
  }

  @Test
  void readsPageByPageInTheOrderOfAppends() {
    EventStore events = EventStore.of(dataSource());
    for (int i = 0; i < 7; i++) {
      events.append(notes, note(i));
    }

    List<StoredEvent> first = events.read(mine, EventStore.START, 3);
    List<StoredEvent> second = events.read(mine, first.get(2).position(), 3);
    List<StoredEvent> third = events.read(mine, second.get(2).position(), 3);

    assertThat(texts(first)).containsExactly("note 0", "note 1", "note 2");
    assertThat(texts(second)).containsExactly("note 3", "note 4", "note 5");
    assertThat(texts(third)).containsExactly("note 6");
    assertThat(texts(events.stream(mine).toList())).hasSize(7);
    assertThat(events.count(mine)).isEqualTo(7);
  }

  @Test
  void findsBySubjectStreamTimeAndAttributes() {
    EventStore events = EventStore.of(dataSource());
    Instant noon = Instant.parse("2026-11-27T12:00:00Z");
    for (int i = 0; i < 6; i++) {
      int number = i;
      events.append(
          notes,
          note(i),
          event ->
              event.time(noon.plusSeconds(number)).stream(run + number % 2)
                  .attribute("third", run + number % 3)
                  .attribute("even", number % 2 == 0 ? "yes" : "no"));
    }

    assertThat(texts(events.stream(mine.stream(run + 1)).toList()))
        .containsExactly("note 1", "note 3", "note 5");
    assertThat(
            texts(events.stream(mine.from(noon.plusSeconds(2)).to(noon.plusSeconds(4))).toList()))
        .containsExactly("note 2", "note 3");
    assertThat(texts(events.stream(mine.from(noon.plusMillis(4_999)).to(Instant.MAX)).toList()))
        .containsExactly("note 5");
    assertThat(texts(events.stream(mine.from(Instant.MAX)).toList())).isEmpty();
    assertThat(texts(events.stream(EventQuery.all().attribute("third", run + 0)).toList()))
        .containsExactly("note 0", "note 3");
    assertThat(
            texts(
                events.stream(EventQuery.all().attribute("third", run + 0).attribute("even", "no"))
                    .toList()))
        .containsExactly("note 3");
    assertThat(events.count(mine.attribute("even", "yes"))).isEqualTo(3);
  }

  @Test
  void findsTheEventsOfSeveralSubjectsAndRefusesAContradiction() {
    EventStore events = EventStore.of(dataSource());
    SubjectRef<Note> others = SubjectRef.of(notes.name() + ".other", Note.class);
    events.append(notes, note(1));
    events.append(others, note(2));
    events.append(SubjectRef.of(notes.name() + ".third", Note.class), note(3));

    assertThat(texts(events.stream(EventQuery.all().subject(notes, others)).toList()))
        .containsExactly("note 1", "note 2");
    assertThatThrownBy(() -> mine.subject(others))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("subject");
    assertThatThrownBy(() -> mine.stream("one").stream("another"))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> mine.attribute("a", "1").attribute("a", "2"))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void theSameIdIsTheSameEvent() {
    EventStore events = EventStore.of(dataSource());
    AppendReceipt first =
        events.append(notes, note(1), event -> event.id(run).stream(run).expectedVersion(0));
    events.append(notes, note(2), event -> event.stream(run));

    AppendReceipt again =
        events.append(notes, note(1), event -> event.id(run).stream(run).expectedVersion(0));

    assertThat(again).isEqualTo(first);
    assertThat(events.count(mine)).isEqualTo(2);
    assertThatThrownBy(() -> events.append(notes, note(3), event -> event.id(run).stream(run)))
        .isInstanceOf(IdConflictException.class)
        .hasMessageContaining(run)
        .hasMessageContaining("data");
    assertThatThrownBy(() -> events.append(notes, note(1), event -> event.id(run)))
        .isInstanceOf(IdConflictException.class)
        .hasMessageContaining("stream");
  }

  @Test
  void aStreamThatHasMovedOnIsRefused() {
    EventStore events = EventStore.of(dataSource());
    events.append(notes, note(1), event -> event.stream(run).expectedVersion(0));

    assertThatThrownBy(
            () -> events.append(notes, note(2), event -> event.stream(run).expectedVersion(0)))
        .isInstanceOfSatisfying(
            VersionConflictException.class,
            conflict -> {
              assertThat(conflict.stream()).isEqualTo(run);
              assertThat(conflict.expected()).isZero();
              assertThat(conflict.found()).isEqualTo(1);
            });
    assertThatThrownBy(
            () -> events.append(notes, note(2), event -> event.stream(run).expectedVersion(9)))
        .isInstanceOf(VersionConflictException.class);
    assertThat(events.version(run)).isEqualTo(1);
    assertThatThrownBy(() -> events.append(notes, note(2), event -> event.expectedVersion(0)))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void appendsManyOrNone() {
    EventStore events = EventStore.of(dataSource());

    List<AppendReceipt> receipts =
        events.appendAll(
            batch -> {
              batch.add(notes, note(1), event -> event.id("1" + run).stream(run));
              batch.add(notes, note(2), event -> event.stream(run).expectedVersion(1));
              batch.add(notes, note(3));
            });

    assertThat(receipts)
        .extracting(AppendReceipt::version)
        .containsExactly(OptionalLong.of(1), OptionalLong.of(2), OptionalLong.empty());
    assertThat(texts(events.stream(mine).toList())).containsExactly("note 1", "note 2", "note 3");

    List<AppendReceipt> repeated =
        events.appendAll(
            batch -> {
              batch.add(notes, note(4));
              batch.add(notes, note(1), event -> event.id("1" + run).stream(run));
            });
    assertThat(repeated.get(1)).isEqualTo(receipts.get(0));
    assertThat(events.count(mine)).isEqualTo(4);

    assertThatThrownBy(
            () ->
                events.appendAll(
                    batch -> {
                      batch.add(notes, note(5));
                      batch.add(notes, note(6), event -> event.stream(run).expectedVersion(7));
                    }))
        .isInstanceOf(VersionConflictException.class);
    assertThat(events.count(mine)).isEqualTo(4);
  }

  @Test
  void takesPartInTheTransactionOfTheCaller() throws SQLException {
    DataSource dataSource = dataSource();
    EventStore events = EventStore.of(dataSource);
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      events.append(connection, notes, note(1), event -> {});
      events.appendAll(connection, batch -> batch.add(notes, note(2)).add(notes, note(3)));
      connection.rollback();
    }
    assertThat(events.count(mine)).isZero();

    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      events.append(connection, notes, note(4), event -> event.id(run));
      assertThatThrownBy(() -> events.append(connection, notes, note(5), event -> event.id(run)))
          .isInstanceOf(IdConflictException.class);
      events.append(connection, notes, note(6), event -> {});
      connection.commit();
      connection.setAutoCommit(true);
    }
    assertThat(texts(events.stream(mine).toList())).containsExactly("note 4", "note 6");

    try (Connection connection = dataSource.getConnection()) {
      assertThatThrownBy(() -> events.append(connection, notes, note(7), event -> {}))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("auto-commit");
    }
  }

  /** Whoever reads to the end while a transaction is open gets its events after it committed. */
  @Test
  void aReaderMissesNothingThatCommitsLate() throws Exception {
    DataSource dataSource = dataSource();
    EventStore events = EventStore.of(dataSource);
    var reader = new Reader(events);
    if (!writesAtTheSameTime()) {
      return; // then nothing can commit while the first transaction is open
    }
    try (Connection late = dataSource.getConnection()) {
      late.setAutoCommit(false);
      events.append(late, notes, new Note("late 1"), event -> event.stream(run + "late"));
      for (int i = 0; i < EVENTS; i++) {
        events.append(notes, note(i));
        if (i % 100 == 0) {
          reader.readOn();
        }
      }
      events.append(late, notes, new Note("late 2"), event -> event.stream(run + "late"));
      reader.readOn();
      assertThat(reader.seen).hasSize(EVENTS);

      late.commit();
      late.setAutoCommit(true);
    }
    reader.readOn();

    assertThat(reader.seen).hasSize(EVENTS + 2).doesNotHaveDuplicates();
    assertThat(reader.seen.subList(EVENTS, EVENTS + 2)).containsExactly("late 1", "late 2");
  }

  @Test
  void atransactionThatIsRolledBackHoldsNobodyUp() throws Exception {
    DataSource dataSource = dataSource();
    EventStore events = EventStore.of(dataSource);
    if (!writesAtTheSameTime()) {
      return;
    }
    var reader = new Reader(events);
    try (Connection open = dataSource.getConnection()) {
      open.setAutoCommit(false);
      events.append(open, notes, new Note("never"), event -> {});
      events.append(notes, note(1));
      reader.readOn();
      assertThat(reader.seen).containsExactly("note 1");
      open.rollback();
      open.setAutoCommit(true);
    }
    events.append(notes, note(2));
    reader.readOn();

    assertThat(reader.seen).containsExactly("note 1", "note 2");
  }

  @Test
  void theTransactionThatIsOpenForTheLongestIsShown() throws Exception {
    DataSource dataSource = dataSource();
    EventStore events = EventStore.of(dataSource);
    assertThat(events.oldestOpenTransaction()).isEmpty();
    if (!writesAtTheSameTime()) {
      return; // then whoever writes notices it
    }
    try (Connection open = dataSource.getConnection();
        Connection reading = dataSource.getConnection()) {
      reading.setAutoCommit(false);
      try (var statement = reading.createStatement()) {
        statement.executeQuery("SELECT count(*) FROM w7s_event").close();
      }
      open.setAutoCommit(false);
      events.append(open, notes, note(1), event -> {});
      assertThat(events.read(mine, EventStore.START, 10)).isEmpty();

      OpenTransaction shown = events.oldestOpenTransaction().orElseThrow();
      assertThat(shown.session()).isNotEmpty();
      OpenTransaction later = shown;
      while (later.age().compareTo(shown.age()) <= 0) {
        later = events.oldestOpenTransaction().orElseThrow();
        assertThat(later.session()).isEqualTo(shown.session());
      }
      assertThat(later.age()).isLessThan(Duration.ofMinutes(10));

      open.commit();
      assertThat(events.oldestOpenTransaction()).isEmpty();
      open.setAutoCommit(true);
      reading.commit();
      reading.setAutoCommit(true);
    }
  }

  /** Writers append to streams in transactions of random length, of which some are rolled back. */
  @Test
  void threeReadersMissAndRepeatNothingWhileOthersCommitInAnyOrder() throws Exception {
    DataSource dataSource = dataSource();
    EventStore events = EventStore.of(dataSource);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      var written = new AtomicBoolean();
      var started = new CountDownLatch(3);
      List<Reader> readers = IntStream.range(0, 3).mapToObj(i -> new Reader(events)).toList();
      List<Future<?>> reading = new ArrayList<>();
      for (Reader reader : readers) {
        reading.add(
            threads.submit(
                () -> {
                  started.countDown();
                  boolean last;
                  do {
                    last = written.get();
                    reader.readOn();
                  } while (!last);
                }));
      }
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      List<Future<List<String>>> writing = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        writing.add(threads.submit(() -> write(dataSource, events, writer)));
      }
      var committed = new ArrayList<String>();
      for (Future<List<String>> writer : writing) {
        committed.addAll(writer.get(2, TimeUnit.MINUTES));
      }
      written.set(true);
      for (Future<?> reader : reading) {
        reader.get(1, TimeUnit.MINUTES);
      }

      for (Reader reader : readers) {
        assertThat(reader.seen).containsExactlyInAnyOrderElementsOf(committed);
        reader.versions.forEach(
            (stream, versions) ->
                assertThat(versions)
                    .as("versions of stream %s", stream)
                    .isEqualTo(
                        IntStream.rangeClosed(1, versions.size())
                            .mapToObj(Long::valueOf)
                            .toList()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private List<String> write(DataSource dataSource, EventStore events, int writer)
      throws SQLException {
    var committed = new ArrayList<String>();
    var random = new java.util.Random(writer);
    int number = 0;
    while (number < EVENTS / WRITERS) {
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        var texts = new ArrayList<String>();
        // One stream for each transaction: more could end in a deadlock, which is for the caller.
        String stream = run + random.nextInt(3);
        for (int i = random.nextInt(5) + 1; i > 0; i--) {
          String text = writer + "-" + number++;
          texts.add(text);
          events.append(connection, notes, new Note(text), event -> event.stream(stream));
        }
        if (random.nextInt(5) == 0) {
          connection.rollback();
        } else {
          connection.commit();
          committed.addAll(texts);
        }
        connection.setAutoCommit(true);
      }
    }
    return committed;
  }

  /** Whoever has waited for another to order the events must not take that for the end. */
  @Test
  void readersThatComeAtOnceSeeAllThatWasCommitted() throws Exception {
    EventStore events = EventStore.of(dataSource());
    events.appendAll(
        batch -> {
          for (int i = 0; i < 3_500; i++) {
            batch.add(notes, note(i));
          }
        });
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Future<Long>> counts = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        counts.add(threads.submit(() -> events.count(mine)));
      }
      for (Future<Long> count : counts) {
        assertThat(count.get(1, TimeUnit.MINUTES)).isEqualTo(3_500);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theSameDataInAnotherOrderIsTheSameEvent() {
    EventStore events = EventStore.of(dataSource());
    SubjectRef<RawJson> raw = SubjectRef.of(notes.name(), RawJson.class);
    events.append(raw, RawJson.of("{\"a\":1,\"b\":2}"), event -> event.id(run));

    events.append(raw, RawJson.of("{ \"b\":2, \"a\":1 }"), event -> event.id(run));

    assertThatThrownBy(
            () -> events.append(raw, RawJson.of("{\"a\":1,\"b\":3}"), event -> event.id(run)))
        .isInstanceOf(IdConflictException.class);
  }

  @Test
  void aVersionDoesNotComeAgainWhenAPurgeTakesALaterEvent() {
    EventStore events = EventStore.of(dataSource());
    events.append(notes, note(1), event -> event.stream(run));
    events.append(
        notes, note(2), event -> event.stream(run).time(Instant.parse("2020-01-01T00:00:00Z")));

    events.purge(Instant.parse("2021-01-01T00:00:00Z"));

    assertThat(events.version(run)).isEqualTo(2);
    assertThat(events.append(notes, note(3), event -> event.stream(run)).version()).hasValue(3);
  }

  @Test
  void findsNothingByTextsThatNoEventCanHave() {
    EventStore events = EventStore.of(dataSource());
    events.append(notes, note(1), event -> event.id("a?" + run));

    for (String odd : List.of("", "a\ud800" + run, "a\u0000" + run)) {
      assertThat(events.find(odd)).isEmpty();
      assertThat(events.version(odd)).isZero();
      assertThatThrownBy(() -> EventQuery.all().id(odd)).isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> EventQuery.all().stream(odd))
          .isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void purgesTheOldestInChunks() {
    EventStore events = EventStore.of(dataSource());
    Instant old = Instant.ofEpochMilli(1_000);
    events.appendAll(
        batch -> {
          for (int i = 0; i < EventStore.PURGED_AT_ONCE + 10; i++) {
            batch.add(notes, note(i), event -> event.time(old).attribute("purged", run));
          }
        });
    events.append(notes, new Note("new"), event -> event.attribute("purged", run));

    assertThat(events.purge(old.plus(Duration.ofSeconds(1)))).isEqualTo(EventStore.PURGED_AT_ONCE);
    assertThat(events.purge(old.plus(Duration.ofSeconds(1)))).isEqualTo(10);
    assertThat(events.purge(old.plus(Duration.ofSeconds(1)))).isZero();

    assertThat(texts(events.stream(EventQuery.all().attribute("purged", run)).toList()))
        .containsExactly("new");
  }

  @Test
  void refusesWhatItCannotKeep() {
    EventStore events = EventStore.of(dataSource());

    for (String id : List.of("", "a\u0000b", "a\nb", "\ud800", "x".repeat(256))) {
      assertThatThrownBy(() -> events.append(notes, note(1), event -> event.id(id)))
          .isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> events.append(notes, note(1), event -> event.stream(id)))
          .isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> events.append(notes, note(1), event -> event.attribute("a", id)))
          .isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> events.append(notes, note(1), event -> event.attribute(id, "a")))
          .isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(() -> events.append(notes, note(1), event -> event.id("  ")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> events.append(notes, new Note("x".repeat(EventStore.MAX_JSON_BYTES))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1048576");
    assertThatThrownBy(() -> events.append(notes, note(1), event -> event.time(Instant.MAX)))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> events.read(mine, 0, 0)).isInstanceOf(InvalidInputException.class);
    assertThat(events.count(mine)).isZero();
  }

  /** A reader that keeps where it is. */
  private final class Reader {

    private final EventStore events;
    private final List<String> seen = new ArrayList<>();
    private final Map<String, List<Long>> versions = new HashMap<>();
    private long position = EventStore.START;

    Reader(EventStore events) {
      this.events = events;
    }

    void readOn() {
      List<StoredEvent> page;
      do {
        page = events.read(mine, position, 100);
        for (StoredEvent event : page) {
          assertThat(event.position()).isGreaterThan(position);
          position = event.position();
          seen.add(event.data(Note.class).text());
          event.stream()
              .ifPresent(
                  stream ->
                      versions
                          .computeIfAbsent(stream, key -> new ArrayList<>())
                          .add(event.version().getAsLong()));
        }
      } while (page.size() == 100);
    }
  }
}
