package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every store of parked messages must do. A test of an implementation extends it and returns
 * the store. The store may hold messages of earlier tests: each test uses a queue of its own.
 */
public abstract class ParkedMessagesContract {

  private static final Instant NOON = Instant.parse("2026-05-25T12:00:00Z");

  private final String queue = "acme/worker/" + UUID.randomUUID();

  /** For the class that extends this. */
  protected ParkedMessagesContract() {}

  /** Returns the store, the same within a test. */
  protected abstract ParkedMessages store();

  private ParkedMessage.Builder message(String key) {
    return ParkedMessage.builder(queue, key).token("token-of-" + key).parkedAt(NOON);
  }

  private static List<String> keys(List<ParkedMessage> messages) {
    return messages.stream().map(ParkedMessage::key).toList();
  }

  @Test
  void aMessageComesBackWithAllItsProperties() {
    byte[] body = {0, 1, (byte) 0xff, '{', '}'};
    ParkedMessage message =
        message("ключ 'k'")
            .state(ParkedMessage.State.HELD)
            .messageId("id-1")
            .attempts(4)
            .body(body)
            .headers(
                Headers.of("x-w7s-queue", "jobs")
                    .plus("traceparent", "a: b")
                    .plus("traceparent", "c"))
            .enqueuedAt(NOON.minusSeconds(60))
            .caller(new Caller(new AppId("acme", "shop"), Environment.of("staging")))
            .reason("java.lang.IllegalStateException: \u20ac \"quoted\"")
            .due(NOON.plusMillis(1_234))
            .run(3)
            .build();

    assertThat(store().put(message, null)).isTrue();
    ParkedMessage found = store().find(queue, "ключ 'k'").orElseThrow();

    assertThat(found).isEqualTo(message);
    assertThat(found.messageId()).isEqualTo("id-1");
    assertThat(found.attempts()).isEqualTo(4);
    assertThat(found.body()).isEqualTo(body);
    assertThat(found.headers()).isEqualTo(message.headers());
    assertThat(found.enqueuedAt()).contains(NOON.minusSeconds(60));
    assertThat(found.caller()).isEqualTo(message.caller());
    assertThat(found.reason()).isEqualTo(message.reason());
    assertThat(found.parkedAt()).isEqualTo(NOON);
    assertThat(found.due()).isEqualTo(NOON.plusMillis(1_234));
    assertThat(found.run()).isEqualTo(3);
  }

  @Test
  void whatIsUnknownComesBackAsUnknown() {
    store().put(message("m1").build(), null);
    ParkedMessage found = store().find(queue, "m1").orElseThrow();

    assertThat(found.enqueuedAt()).isEmpty();
    assertThat(found.caller()).isEmpty();
    assertThat(found.body()).isEmpty();
    assertThat(found.headers()).isEqualTo(Headers.none());
    assertThat(store().find(queue, "m2")).isEmpty();
  }

  @Test
  void aNewMessageDoesNotReplaceOneThatIsThere() {
    store().put(message("m1").reason("first").build(), null);

    assertThat(store().put(message("m1").reason("second").token("other").build(), null)).isFalse();
    assertThat(store().find(queue, "m1").orElseThrow().reason()).isEqualTo("first");
  }

  @Test
  void aMessageIsChangedOnlyByWhoKnowsItsToken() {
    store().put(message("m1").build(), null);
    ParkedMessage changed =
        message("m1").state(ParkedMessage.State.HELD).run(1).token("second").build();

    assertThat(store().put(changed, "wrong")).isFalse();
    assertThat(store().put(changed, "token-of-m1")).isTrue();
    assertThat(store().put(changed, "token-of-m1")).isFalse();
    assertThat(store().find(queue, "m1").orElseThrow().run()).isEqualTo(1);
    assertThat(store().put(message("m2").build(), "token-of-m2")).isFalse();
  }

  @Test
  void aMessageIsRemovedOnlyByWhoKnowsItsToken() {
    ParkedMessage message = message("m1").build();
    store().put(message, null);
    store().put(message("m1").token("second").build(), message.token());

    assertThat(store().remove(message)).isFalse();
    assertThat(store().remove(message("m1").token("second").build())).isTrue();
    assertThat(store().find(queue, "m1")).isEmpty();
    assertThat(store().remove(message)).isFalse();
  }

  @Test
  void aListShowsTheOldestFirstPageByPage() {
    for (int i = 9; i >= 0; i--) {
      store().put(message("m" + i).parkedAt(NOON.plusSeconds(i / 2)).build(), null);
    }
    store().put(message("held").state(ParkedMessage.State.HELD).build(), null);

    var seen = new ArrayList<String>();
    @Nullable ParkedMessage last = null;
    while (true) {
      List<ParkedMessage> page = store().list(queue, ParkedMessage.State.PARKED, 3, last);
      if (page.isEmpty()) {
        break;
      }
      assertThat(page).hasSizeLessThanOrEqualTo(3);
      seen.addAll(keys(page));
      last = page.get(page.size() - 1);
    }

    assertThat(seen).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9");
    assertThat(store().count(queue, ParkedMessage.State.PARKED)).isEqualTo(10);
    assertThat(store().count(queue, ParkedMessage.State.HELD)).isEqualTo(1);
    assertThat(store().count(queue + "2", ParkedMessage.State.PARKED)).isZero();
  }

  @Test
  void onlyHeldMessagesAreOverdueTheMostOverdueFirst() {
    for (int i = 0; i < 5; i++) {
      store()
          .put(
              message("m" + i).state(ParkedMessage.State.HELD).due(NOON.minusSeconds(i)).build(),
              null);
    }
    store().put(message("parked").due(NOON.minusSeconds(100)).build(), null);

    assertThat(keys(store().overdue(queue, NOON.minusSeconds(1), 2))).containsExactly("m4", "m3");
    assertThat(keys(store().overdue(queue, NOON.minusSeconds(1), 10)))
        .containsExactly("m4", "m3", "m2");
  }

  @Test
  void aMessageThatIsNeverDueCanBeKept() {
    store().put(message("m1").state(ParkedMessage.State.HELD).due(Instant.MAX).build(), null);

    assertThat(store().overdue(queue, NOON, 10)).isEmpty();
    assertThat(store().find(queue, "m1").orElseThrow().due()).isAfter(NOON);
  }

  @Test
  void ofManyThatChangeAMessageAtTheSameTimeOneDoes() throws Exception {
    store().put(message("m1").build(), null);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> changes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        ParkedMessage changed = message("m1").token("other-" + i).build();
        changes.add(() -> store().put(changed, "token-of-m1"));
      }
      List<Boolean> changed = new ArrayList<>();
      for (Future<Boolean> result : threads.invokeAll(changes)) {
        changed.add(result.get());
      }
      assertThat(changed).containsOnlyOnce(true);
    } finally {
      threads.shutdownNow();
    }
  }
}
