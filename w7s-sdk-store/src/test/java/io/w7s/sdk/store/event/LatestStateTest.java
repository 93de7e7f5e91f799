package io.w7s.sdk.store.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.keyvalue.KeyValueStore.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The state that events have led to, on each database. */
class LatestStateTest {

  /** What happened to an account. */
  record Booking(int amount) {}

  /** What is left on it, and how many bookings there were. */
  record Account(int balance, int bookings) {}

  @Nested
  class OnPostgresql extends Contract {
    OnPostgresql() {
      super(Databases.POSTGRESQL);
    }
  }

  @Nested
  class OnSqlite extends Contract {
    OnSqlite() {
      super(Databases.SQLITE);
    }
  }

  @Nested
  class OnH2 extends Contract {
    OnH2() {
      super(Databases.H2);
    }
  }

  abstract static class Contract {

    private static final int THREADS = 4;

    private final String run = UUID.randomUUID().toString();
    private final SubjectRef<Booking> booked = SubjectRef.of("booked." + run, Booking.class);
    private final DataSource dataSource;
    private final EventStore events;
    private final LatestState<Account> accounts;

    Contract(Databases database) {
      dataSource = database.dataSource();
      events = EventStore.of(dataSource);
      accounts = accounts().build();
    }

    private LatestState.Builder<Account> accounts() {
      return LatestState.builder(events, run, Account.class)
          .query(EventQuery.all().subject(booked))
          .key(event -> event.stream().orElse(null))
          .apply(Contract::book);
    }

    private static Account book(Account former, StoredEvent event) {
      int amount = event.data(Booking.class).amount();
      Account account =
          former == null
              ? new Account(amount, 1)
              : new Account(former.balance() + amount, former.bookings() + 1);
      return account.balance() == 0 ? null : account;
    }

    private void book(String account, int amount) {
      events.append(booked, new Booking(amount), event -> event.stream(run + account));
    }

    private void bookMany(int accounts, int bookings) {
      events.appendAll(
          batch ->
              IntStream.range(0, bookings)
                  .forEach(
                      i ->
                          batch.add(
                              booked, new Booking(1), event -> event.stream(run + i % accounts))));
    }

    private Account account(String account) {
      return accounts.get(run + account).map(Entry::value).orElse(null);
    }

    @Test
    void followsTheEvents() {
      assertThat(account("a")).isNull();
      assertThat(accounts.list("", 10)).isEmpty();
      book("a", 5);
      book("b", 1);
      book("a", 2);
      assertThat(account("a")).isNull();

      assertThat(accounts.catchUp()).isEqualTo(3);

      assertThat(account("a")).isEqualTo(new Account(7, 2));
      assertThat(account("b")).isEqualTo(new Account(1, 1));
      book("a", 1);
      assertThat(accounts.catchUp()).isEqualTo(1);
      assertThat(account("a")).isEqualTo(new Account(8, 3));
      assertThat(accounts.catchUp()).isZero();
      assertThat(accounts.list(run, 10))
          .extracting(Entry::key)
          .containsExactly(run + "a", run + "b");
      assertThat(accounts.list(run, 10, run + "a"))
          .extracting(Entry::key)
          .containsExactly(run + "b");
    }

    @Test
    void anEventAfterWhichNothingIsLeftRemovesTheKey() {
      book("a", 5);
      book("b", 5);
      accounts.catchUp();
      book("a", -5);
      book("c", 1);
      book("c", -1);
      accounts.catchUp();

      assertThat(accounts.list("", 10)).extracting(Entry::key).containsExactly(run + "b");
      book("a", 3);
      accounts.catchUp();
      assertThat(account("a")).isEqualTo(new Account(3, 1));
    }

    @Test
    void eventsWithoutAKeyAndOfOtherSubjectsDoNotCount() {
      events.append(booked, new Booking(1));
      events.append(
          SubjectRef.of("other." + run, Booking.class),
          new Booking(1),
          event -> event.stream(run + "other subject"));
      book("a", 1);

      accounts.catchUp();

      assertThat(accounts.list("", 10)).extracting(Entry::key).containsExactly(run + "a");
    }

    @Test
    void goesThroughManyPages() {
      bookMany(7, 730);

      assertThat(accounts.catchUp()).isEqualTo(730);

      assertThat(total()).isEqualTo(730);
      assertThat(account("0")).isEqualTo(new Account(105, 105));
      assertThat(account("6")).isEqualTo(new Account(104, 104));
    }

    private int total() {
      return accounts.list("", 100).stream().mapToInt(entry -> entry.value().bookings()).sum();
    }

    @Test
    void aStateIsMadeAnewWithOtherFunctions() {
      bookMany(3, 250);
      accounts.catchUp();
      LatestState<Account> doubled =
          accounts()
              .apply((former, event) -> new Account(former == null ? 2 : former.balance() + 2, 0))
              .build();

      assertThat(doubled.rebuild()).isEqualTo(250);

      assertThat(account("0")).isEqualTo(new Account(168, 0));
      assertThat(generations()).isEqualTo(1);
      assertThat(rows()).isEqualTo(3);
    }

    @Test
    void aStateThatWasNeverThereIsBuilt() {
      bookMany(3, 10);

      assertThat(accounts.rebuild()).isEqualTo(10);

      assertThat(total()).isEqualTo(10);
      assertThat(accounts.catchUp()).isZero();
    }

    @Test
    void readersSeeTheOldStateUntilTheNewOneIsAsFar() {
      bookMany(2, 150);
      accounts.catchUp();
      List<Integer> seen = new ArrayList<>();
      LatestState<Account> rebuilt =
          accounts()
              .apply(
                  (former, event) -> {
                    seen.add(total());
                    if (seen.size() == 120) { // others go on meanwhile
                      bookMany(2, 10);
                      assertThat(accounts.catchUp()).isEqualTo(10);
                    }
                    return book(former, event);
                  })
              .build();

      assertThat(rebuilt.rebuild()).isEqualTo(160);

      assertThat(seen).hasSize(160).startsWith(150).endsWith(160).containsOnly(150, 160);
      assertThat(total()).isEqualTo(160);
    }

    @Test
    void aRebuildThatIsOvertakenByAnotherEnds() {
      bookMany(2, 150);
      var other = new AtomicReference<>("not yet");
      LatestState<Account> overtaken =
          accounts()
              .apply(
                  (former, event) -> {
                    if (other.getAndSet("begun").equals("not yet")) {
                      accounts.rebuild();
                    }
                    return new Account(-1, -1);
                  })
              .build();

      assertThatThrownBy(overtaken::rebuild)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another rebuild");

      assertThat(total()).isEqualTo(150);
      assertThat(generations()).isEqualTo(1);
    }

    @Test
    void aStateIsBuiltFromWhatIsLeftOfTheEvents() {
      bookMany(1, 3);
      accounts.catchUp();
      long all = accounts.list("", 10).size();

      LatestState<Account> none =
          accounts().query(EventQuery.all().subject("nothing." + run)).build();
      assertThat(none.rebuild()).isZero();

      assertThat(all).isEqualTo(1);
      assertThat(accounts.list("", 10)).isEmpty();
    }

    /** Otherwise a value could depend on how many events are applied at once. */
    @Test
    void aChangeGetsTheFormerValueAsItWouldBeRead() {
      LatestState<Object> types =
          LatestState.builder(events, "types " + run, Object.class)
              .query(EventQuery.all().subject(booked))
              .key(event -> event.stream().orElse(null))
              .apply((former, event) -> former == null ? 1L : former.getClass().getSimpleName())
              .build();
      book("a", 1);
      types.catchUp();
      book("a", 1);
      book("b", 1);
      book("b", 1);
      types.catchUp();

      assertThat(types.list("", 10)).extracting(Entry::value).containsOnly("Integer");
    }

    @Test
    void anEventThatCannotBeAppliedStopsItThere() {
      bookMany(2, 100);
      book("poison", 13);
      LatestState<Account> failing =
          accounts()
              .apply(
                  (former, event) -> {
                    if (event.data(Booking.class).amount() == 13) {
                      throw new IllegalArgumentException("13");
                    }
                    return book(former, event);
                  })
              .build();

      assertThatThrownBy(failing::catchUp).isInstanceOf(IllegalArgumentException.class);

      assertThat(total()).isEqualTo(100);
      assertThat(accounts.catchUp()).isEqualTo(1);
      assertThat(total()).isEqualTo(101);
    }

    @Test
    void refusesAKeyThatIsTooLong() {
      book("a", 1);
      LatestState<Account> long401 = accounts().key(event -> "x".repeat(401)).build();

      assertThatThrownBy(long401::catchUp).isInstanceOf(InvalidInputException.class);
      assertThat(accounts.list("", 10)).isEmpty();
    }

    @Test
    void needsAKeyAndAChange() {
      assertThatThrownBy(() -> LatestState.builder(events, run, Account.class).build())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("key(...)");
      assertThatThrownBy(() -> LatestState.builder(events, "", Account.class))
          .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void threadsThatCatchUpAtTheSameTimeApplyEachEventOnce() throws Exception {
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try {
        List<Callable<Long>> work = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          work.add(
              () -> {
                long applied = 0;
                LatestState<Account> mine = accounts().build();
                for (int n = 0; n < 10; n++) {
                  bookMany(5, 25);
                  applied += mine.catchUp();
                }
                return applied;
              });
        }
        long applied = 0;
        for (Future<Long> each : threads.invokeAll(work)) {
          applied += each.get();
        }

        assertThat(applied).isEqualTo(THREADS * 250);
        assertThat(total()).isEqualTo(THREADS * 250);
      } finally {
        threads.shutdownNow();
      }
    }

    private int generations() {
      return count("SELECT count(*) FROM w7s_latest_state WHERE name = ?", run);
    }

    private int rows() {
      return count("SELECT count(*) FROM w7s_key_value WHERE store LIKE ?", "%" + run + "%");
    }

    private int count(String sql, String parameter) {
      try (Connection connection = dataSource.getConnection();
          PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setString(1, parameter);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          return rows.getInt(1);
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
