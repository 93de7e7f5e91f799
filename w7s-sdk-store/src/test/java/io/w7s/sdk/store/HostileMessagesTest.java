package io.w7s.sdk.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.queue.QueueRef;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that are made to break the stores break nothing but themselves. */
class HostileMessagesTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");

  private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
  private final SentBodies sent = new SentBodies();

  private AppResponse deliver(W7sApp app, String queue, String... messages) {
    return app.handle(
        new AppRequest(
            "POST",
            "/_w7s/queues/" + queue,
            "",
            Headers.none(),
            ("{\"queue\":\"" + queue + "\",\"messages\":[" + String.join(",", messages) + "]}")
                .getBytes(StandardCharsets.UTF_8)));
  }

  private static String message(String id, String body) {
    return "{\"id\":\"" + id + "\",\"attempts\":1,\"body\":" + body + "}";
  }

  private static List<Fate> fates(AppResponse response) {
    return response.report().orElseThrow().messages().stream()
        .map(BatchReport.Message::fate)
        .toList();
  }

  private W7sApp app(Databases database, String queue) {
    return W7sApp.builder(WORKER)
        .consumption(
            each ->
                each.once(JdbcProcessedMessages.of(database.dataSource()))
                    .park(JdbcParkedMessages.of(database.dataSource()))
                    .longestWait(Duration.ofSeconds(1)))
        .on(
            WORKER.queue(queue, String.class),
            message -> {
              handled.add(message.body());
              if (message.body().equals("poison") && message.attempt() == 1) {
                throw Reject.permanently("half \ud800 of a pair \u0000");
              }
            })
        .build();
  }

  @ParameterizedTest
  @EnumSource(Databases.class)
  void idsWithHalfOfASurrogatePairAreTwoMessages(Databases database) {
    AppResponse response =
        deliver(
            app(database, "surrogates"),
            "surrogates",
            message("\\ud800", "\"a\""),
            message("\\ud801", "\"b\""),
            message("good", "\"c\""));

    assertThat(handled).containsExactly("a", "b", "c");
    assertThat(fates(response)).containsOnly(Fate.HANDLED);
  }

  @ParameterizedTest
  @EnumSource(Databases.class)
  void aMessageWithTheLongestKeyIsSentAgain(Databases database) {
    String id = "k".repeat(200);
    W7sApp app = app(database, "longest");
    deliver(app, "longest", message(id, "\"poison\""));
    JdbcParkedMessages.of(database.dataSource()).sendAgain("acme/worker/longest", id, sent);
    AppResponse response = deliver(app, "longest", message("w1", sent.take()));

    assertThat(fates(response)).containsExactly(Fate.HANDLED);
    assertThat(handled).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(Databases.class)
  void aKeyThatIsNoneInABodyIsNoReasonForTheBatchToComeAgain(Databases database) {
    AppResponse response =
        deliver(
            app(database, "stranger"),
            "stranger",
            message("s1", "{\"w7s:sendAgain\":{\"key\":\"\\u0000\",\"token\":\"t\"}}"),
            message("s2", "{\"w7s:sendAgain\":{\"key\":\"\\ud800\",\"token\":\"\\u0000\"}}"));

    assertThat(response.status()).isEqualTo(200);
  }

  @Test
  void aHandlerThatKeepsItsTransactionOpenDoesNotKeepOthersFromBeingRenewed() throws Exception {
    var dataSource = Databases.POSTGRESQL.dataSource();
    var processed = JdbcProcessedMessages.of(dataSource);
    QueueRef<String> queue = WORKER.queue("open", String.class);
    var open = new CountDownLatch(1);
    W7sApp app =
        W7sApp.builder(WORKER)
            .consumption(
                each ->
                    each.once(processed)
                        .lease(Duration.ofSeconds(2))
                        .longestWait(Duration.ofSeconds(1)))
            .on(
                queue,
                message -> {
                  handled.add(message.body());
                  if (message.body().equals("open")) {
                    try (Connection connection = dataSource.getConnection()) {
                      connection.setAutoCommit(false);
                      processed.complete(message.claim(), connection);
                      open.countDown();
                      Thread.sleep(7_000);
                      connection.commit();
                    }
                  } else {
                    Thread.sleep(5_000);
                  }
                })
            .build();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    var first = threads.submit(() -> deliver(app, "open", message("t1", "\"open\"")));
    assertThat(open.await(20, TimeUnit.SECONDS)).isTrue();
    var second = threads.submit(() -> deliver(app, "open", message("t2", "\"slow\"")));
    Thread.sleep(3_500); // real leases end and are renewed meanwhile
    AppResponse duplicate = deliver(app, "open", message("t2", "\"slow\""));

    assertThat(fates(second.get())).containsExactly(Fate.HANDLED);
    assertThat(fates(first.get())).containsExactly(Fate.HANDLED);
    assertThat(handled).containsExactly("open", "slow");
    assertThat(fates(duplicate)).containsExactly(Fate.COMING_AGAIN);
    threads.shutdown();
  }
}
