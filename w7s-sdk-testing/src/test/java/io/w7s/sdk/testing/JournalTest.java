package io.w7s.sdk.testing;

import static io.w7s.sdk.testing.Acme.JOBS;
import static io.w7s.sdk.testing.Acme.SYNC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.testing.Acme.Job;
import io.w7s.sdk.testing.Journal.Entry;
import io.w7s.sdk.testing.Journal.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final Acme acme = new Acme();

  private void send(InMemoryW7s to) {
    to.as("acme/shop").queues().send(JOBS, new Job("a"));
  }

  @Test
  void aJournalDoesNotChangeLater() {
    w7s.deploy(acme.worker());
    Journal before = w7s.journal();

    send(w7s);

    assertThat(before.size()).isEqualTo(1);
    assertThat(w7s.journal().size()).isEqualTo(3);
    assertThat(w7s.journal()).isEqualTo(w7s.journal()).hasSameHashCodeAs(w7s.journal());
    assertThat(before).isNotEqualTo(w7s.journal());
  }

  @Test
  void eachEntryIsOneLineOfText() {
    w7s.deploy(acme.failing());
    send(w7s);
    w7s.runUntilIdle();
    String id = w7s.journal().entries().get(2).detail();
    assertThat(id).matches("message [0-9a-f]{8}");

    assertThat(w7s.journal().about("acme/worker/jobs").toString().lines())
        .map(line -> line.replaceFirst("(responded with 500): handler of .*", "$1"))
        .startsWith(
            "3 2026-01-01T00:00:00Z sent acme/worker/jobs by acme/shop (production): " + id,
            "4 2026-01-01T00:00:05Z delivered acme/worker/jobs: " + id + ", attempt 1",
            "5 2026-01-01T00:00:05Z failed acme/worker/jobs: batch of 1: acme/worker (production)"
                + " /_w7s/queues/jobs responded with 500",
            "6 2026-01-01T00:00:05Z retried acme/worker/jobs: "
                + id
                + ", attempt 2 at 2026-01-01T00:00:15Z")
        .endsWith(
            "15 2026-01-01T00:00:35Z dead-lettered acme/worker/jobs: "
                + id
                + ", attempt 4, retries exhausted, acme/worker (production) /_w7s/queues/jobs"
                + " responded with 500");
  }

  @Test
  void theTargetNamesAnyEnvironmentExceptProduction() {
    Environment preview = Environment.of("preview");
    w7s.deploy(preview, acme.worker());
    w7s.as(AppId.parse("acme/shop"), preview).queues().send(JOBS, new Job("a"));
    w7s.undeploy(AppId.parse("acme/worker"), preview);

    assertThat(w7s.journal().entries())
        .extracting(Entry::target)
        .containsExactly(
            "acme/worker (preview)",
            "acme/shop (preview)",
            "acme/worker/jobs (preview)",
            "acme/worker/jobs (preview)",
            "acme/worker (preview)");
    assertThat(w7s.journal().about("acme/worker").size()).isEqualTo(4);
    assertThat(w7s.journal().of(Kind.REMOVED, Kind.DEAD_LETTERED).size()).isEqualTo(2);
  }

  @Test
  void entriesAboutAnAppIgnoreAppsWithALongerName() {
    w7s.deploy(acme.worker());
    assertThat(w7s.journal().about("acme/work").isEmpty()).isTrue();
    assertThat(w7s.journal().about("acme/worker").isEmpty()).isFalse();
  }

  @Test
  void aFailedScheduleHasAFiredAndAFailedEntry() {
    w7s.deploy(acme.worker());
    w7s.faults().add(Fault.failHandler(503));
    w7s.fire("acme/worker", SYNC);

    assertThat(w7s.journal().about("acme/worker/_w7s/schedules/sync").toString())
        .contains("fired acme/worker/_w7s/schedules/sync: */5 * * * * for 2026-01-01T00:00:00Z\n")
        .contains("failed acme/worker/_w7s/schedules/sync: */5 * * * *: acme/worker (production)");
  }

  @Test
  void aBoundedJournalKeepsTheNewestAndCountsTheOthers() {
    InMemoryW7s bounded = InMemoryW7s.builder().journalLimit(2).build();
    bounded.deploy(acme.worker());
    send(bounded);
    Journal happened = bounded.runUntilIdle();

    assertThat(happened.of(Kind.DELIVERED, Kind.ACKNOWLEDGED).size()).isEqualTo(2);
    assertThat(happened.forgotten()).isZero();
    assertThat(bounded.journal().forgotten()).isEqualTo(3);
    assertThat(bounded.journal().toString())
        .startsWith("(3 earlier entries were not kept)\n4 2026-01-01T00:00:05Z delivered ");
  }

  @Test
  void entriesOfAQueueShareTheTextOfItsName() {
    w7s.deploy(acme.worker());
    send(w7s);
    w7s.runUntilIdle();

    List<Journal.Entry> entries =
        w7s.journal().of(Kind.SENT, Kind.DELIVERED, Kind.ACKNOWLEDGED).entries();
    assertThat(entries).hasSize(3);
    assertThat(entries)
        .allSatisfy(entry -> assertThat(entry.target()).isSameAs(entries.get(0).target()));
  }

  @Test
  void aJournalWithLimitZeroCountsItsEntries() {
    InMemoryW7s without = InMemoryW7s.builder().journalLimit(0).build();
    without.deploy(acme.worker());
    send(without);

    assertThat(without.journal().isEmpty()).isTrue();
    assertThat(without.journal().forgotten()).isEqualTo(3);
    assertThatThrownBy(() -> InMemoryW7s.builder().journalLimit(-1))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void aroundShowsTheLastMatchAndItsNeighbours() {
    w7s.deploy(acme.worker());
    for (int i = 0; i < 40; i++) {
      send(w7s);
    }

    String around = w7s.journal().around(entry -> entry.number() == 20);

    assertThat(around.lines())
        .hasSize(22)
        .startsWith("  (5 earlier)")
        .endsWith("  (17 later)")
        .filteredOn(line -> line.startsWith("> "))
        .singleElement()
        .asString()
        .startsWith("> 20 ");
    assertThat(InMemoryW7s.create().journal().around(entry -> true))
        .isEqualTo("  (nothing happened)\n");
  }
}
