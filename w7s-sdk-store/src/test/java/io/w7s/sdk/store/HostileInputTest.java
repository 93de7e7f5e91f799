package io.w7s.sdk.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.store.internal.Texts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys, reasons, headers and bodies that a database may stumble over. */
class HostileInputTest {

  /** Each is another key, on each database. */
  private static final List<String> KEYS =
      List.of(
          "'; DROP TABLE w7s_processed; --",
          "it''s",
          "\"quoted\"",
          "back\\slash",
          "$1 ? :now %s {}",
          "%",
          "_",
          "a",
          "A",
          "a ",
          " a",
          "\u00e4", // one character, or a letter and a combining one
          "a\u0308",
          "\u0130stanbul",
          "\u2028\u202e\ufeff",
          "\ud83d\ude00",
          "\ud83d\ude00".repeat(100),
          "k".repeat(200));

  private static final List<String> REFUSED_KEYS =
      List.of("", "k".repeat(201), "a\0b", "\ud800", "a\ud83d", "\ude00b");

  private final String queue = "acme/worker/" + UUID.randomUUID();

  @ParameterizedTest
  @EnumSource
  void keysAreKeptAsTheyAre(Databases database) {
    JdbcProcessedMessages store = JdbcProcessedMessages.of(database.dataSource());
    for (String key : KEYS) {
      ClaimResult claim = store.claim(queue, key, ofSeconds(10), true);
      assertThat(claim.state()).as(key).isEqualTo(ClaimResult.State.GRANTED);
      assertThat(store.done(queue, List.of(key))).isEmpty();
      assertThat(store.complete(claim.claim())).isTrue();
    }

    assertThat(store.done(queue, KEYS)).containsExactlyInAnyOrderElementsOf(KEYS);
  }

  @ParameterizedTest
  @EnumSource
  void keysThatADatabaseWouldChangeAreRefused(Databases database) {
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(database.dataSource());
    JdbcParkedMessages parked = JdbcParkedMessages.of(database.dataSource());
    for (String key : REFUSED_KEYS) {
      assertThatThrownBy(() -> processed.claim(queue, key, ofSeconds(10), true))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("message key");
      assertThatThrownBy(() -> processed.complete(queue, key))
          .isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> processed.done(queue, List.of("good", key)))
          .isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> parked.put(ParkedMessage.builder(queue, key).build(), null))
          .isInstanceOf(InvalidInputException.class);
    }
    ParkedMessage message = ParkedMessage.builder(queue, "m1").reason("NUL \0 in it").build();
    assertThatThrownBy(() -> parked.put(message, null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("reason")
        .hasMessageContaining("\\u0000");
  }

  @ParameterizedTest
  @EnumSource
  void aParkedMessageComesBackAsItWas(Databases database) {
    JdbcParkedMessages store = JdbcParkedMessages.of(database.dataSource());
    byte[] body = new byte[10 << 20];
    new Random(1).nextBytes(body);
    for (String text : KEYS) {
      ParkedMessage message =
          ParkedMessage.builder(queue, text)
              .messageId(text)
              .body(text.equals("a") ? body : text.getBytes(UTF_8))
              .headers(
                  Headers.builder()
                      .add("x-w7s-queue", "one: two")
                      .add("x-w7s-queue", "")
                      .add("x-w7s-queue-name", "'; --")
                      .build())
              .enqueuedAt(Instant.parse("1969-12-31T23:59:59.999Z"))
              .due(Instant.MAX)
              .reason(text + "\n\tat line two")
              .attempts(Integer.MAX_VALUE)
              .token("'token' \ud83d\ude00")
              .build();
      assertThat(store.put(message, null)).isTrue();

      ParkedMessage found = store.find(queue, text).orElseThrow();

      assertThat(found)
          .usingRecursiveComparison()
          .ignoringFields("due", "headers", "body")
          .isEqualTo(message);
      assertThat(Arrays.equals(found.body(), message.body())).isTrue();
      assertThat(found.headers()).isEqualTo(message.headers());
      assertThat(store.remove(found)).isTrue();
    }
  }

  /** Such as a pool that is set up for a framework's transactions. */
  @ParameterizedTest
  @EnumSource
  void storesCommitAlsoWhereConnectionsDoNotByThemselves(Databases database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      DataSource one = Databases.alwaysThis(connection);
      JdbcProcessedMessages store = JdbcProcessedMessages.of(one);
      JdbcParkedMessages parked = JdbcParkedMessages.of(one);

      store.complete(store.claim(queue, "m1", ofSeconds(10), true).claim());
      parked.put(ParkedMessage.builder(queue, "m2").build(), null);
      assertThat(connection.getAutoCommit()).isFalse();
    }
    DataSource other = database.dataSource();
    assertThat(JdbcProcessedMessages.of(other).done(queue, List.of("m1"))).containsExactly("m1");
    assertThat(JdbcParkedMessages.of(other).find(queue, "m2")).isPresent();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "H2"})
  void aConnectionGoesBackAsItCameAlsoAfterAFailure(Databases database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      JdbcParkedMessages parked = JdbcParkedMessages.of(Databases.alwaysThis(connection));

      assertThatThrownBy(() -> parked.list(queue, ParkedMessage.State.PARKED, -1, null))
          .isInstanceOf(StoreException.class);

      assertThat(connection.getAutoCommit()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachMessageOfAHostileBatchIsHandledOnceAndParkedAndHandledAgain(Databases database) {
    List<String> ids =
        List.of(
            "a\\ud800",
            "a\\ud801",
            "a\\u0000",
            "a?",
            "\\ud83d\\ude00",
            "i".repeat(200),
            "i".repeat(201),
            "\\\"'; --",
            "",
            "unknown");
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(database.dataSource());
    JdbcParkedMessages parked = JdbcParkedMessages.of(database.dataSource());
    String name = "q" + UUID.randomUUID();
    QueueRef<String> hostile = AppRef.of("acme/worker").queue(name, String.class);
    var handled = new ArrayList<String>();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .consumption(each -> each.once(processed).park(parked).attempts(1))
            .on(
                hostile,
                message -> {
                  handled.add(message.body());
                  if (message.attempt() == 1) {
                    throw new IllegalStateException(message.body());
                  }
                })
            .build();
    String[] messages = new String[ids.size()];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = Deliveries.message(ids.get(i), 1, "\"" + i + " \\ud800\\u0000\\n\"");
    }

    assertThat(Deliveries.deliver(app, name, messages).status()).isEqualTo(200);
    assertThat(Deliveries.deliver(app, name, messages).status()).isEqualTo(200);
    assertThat(handled).hasSize(ids.size()).doesNotHaveDuplicates();

    String full = hostile.app() + "/" + name;
    List<ParkedMessage> aside = parked.list(full, ParkedMessage.State.PARKED, 100, null);
    assertThat(aside).hasSize(ids.size());
    var sent = new SentBodies();
    for (ParkedMessage message : aside) {
      assertThat(parked.sendAgain(full, message.key(), sent)).isTrue();
      Deliveries.deliver(app, name, Deliveries.message("again", 1, sent.take()));
    }
    assertThat(handled).hasSize(2 * ids.size());
    assertThat(parked.list(full, ParkedMessage.State.PARKED, 100, null)).isEmpty();
    assertThat(parked.list(full, ParkedMessage.State.HELD, 100, null)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatLooksLikeAMessageOnItsWayBackIsAMessageLikeAnyOther(Databases database) {
    QueueRef<Object> any = AppRef.of("acme/worker").queue("any" + UUID.randomUUID(), Object.class);
    var handled = new ArrayList<Object>();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .consumption(
                each ->
                    each.once(JdbcProcessedMessages.of(database.dataSource()))
                        .park(JdbcParkedMessages.of(database.dataSource())))
            .on(any, message -> handled.add(message.body()))
            .build();
    String nul = "{\"w7s:sendAgain\":{\"key\":\"\\u0000\",\"token\":\"t\"}}";
    String half = "{\"w7s:sendAgain\":{\"key\":\"\\ud800\",\"token\":\"\\u0000\"}}";

    AppResponse response =
        Deliveries.deliver(
            app, any.name(), Deliveries.message("s1", 1, nul), Deliveries.message("s2", 1, half));

    assertThat(response.status()).isEqualTo(200);
    assertThat(handled).hasSize(2);
  }

  @Test
  void aMessageWithHostileTextIsRefusedWithoutIt() {
    assertThatThrownBy(() -> Texts.key("secret\0"))
        .hasMessageNotContaining("secret")
        .hasMessageContaining("\\u0000");
  }
}
