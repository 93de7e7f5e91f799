package io.w7s.sdk.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A message that cannot be read or whose handler fails does not affect the others of its batch. */
class FailingMessageTest extends AppRequests {

  /** Refuses the value 13 with an error, as a constructor can. */
  record Unlucky(int n) {
    Unlucky {
      if (n == 13) {
        throw new StackOverflowError();
      }
    }
  }

  /** Breaks the contract of codecs. */
  private static final JsonCodec BROKEN_FOR_13 =
      new JsonCodec() {
        private final JsonCodec codec = JacksonCodec.create();

        @Override
        public byte[] encode(@Nullable Object value, TypeRef<?> type) {
          return codec.encode(value, type);
        }

        @Override
        public <T extends @Nullable Object> T decode(
            byte[] json, int offset, int length, TypeRef<T> type) {
          if (new String(json, offset, length, UTF_8).contains("13")) {
            throw new IllegalStateException("the codec is broken");
          }
          return codec.decode(json, offset, length, type);
        }
      };

  private static String[] tenWith(int bad, String body) {
    return IntStream.rangeClosed(1, 10)
        .mapToObj(i -> message("m" + i, 2, i == bad ? body : "{\"n\":" + i + "}"))
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"n\":\"five\"}",
        "{\"n\":99999999999}",
        "[1]",
        "\"text\"",
        "{\"w7sform\":\"cloudevent\",\"specversion\":\"1.0\",\"id\":\"c\",\"source\":\"s\",\"type\":\"t\",\"data_base64\":\"AQ==\"}",
        "{\"w7sform\":\"cloudevent\",\"specversion\":\"1.0\",\"id\":\"c\",\"source\":\"s\",\"type\":\"t\",\"data\":{\"n\":\"x\"}}",
        "{\"w7sform\":\"cloudevent\",\"id\":\"c\",\"source\":\"s\",\"data\":{\"n\":1}}"
      })
  void handlesTheOthersOfABatchWithAnUnreadableBody(String bad) {
    var seen = new ArrayList<QueueMessage<Count>>();
    W7sApp app = worker().on(COUNTS, seen::add).build();

    AppResponse response = deliverJobs(app, tenWith(5, bad));

    assertThat(seen)
        .extracting(QueueMessage::id)
        .containsExactly("m1", "m2", "m3", "m4", "m6", "m7", "m8", "m9", "m10");
    assertThat(response.status()).as("the platform delivers the batch again").isEqualTo(400);
    assertThat(text(response)).contains("message m5: ");
    assertThat(response.failures())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.messageId()).contains("m5");
              assertThat(failure.attempt()).hasValue(2);
              assertThat(failure.cause()).isInstanceOf(CodecException.class);
            });
    assertThat(log.list).singleElement().extracting("level").isEqualTo(Level.ERROR);
  }

  @Test
  void namesTheUnreadableMessageWithTheReasonOfTheCodec() {
    W7sApp app = worker().on(COUNTS, message -> {}).build();

    AppResponse response = deliverJobs(app, message("m1", 1, "{\"n\":\"five\"}"));

    assertThat(text(response))
        .contains("message m1: AppRequests.Count at $.n")
        .doesNotContain("five");
    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith(
            "message m1 (attempt 1) of queue jobs in acme/worker could not be read:"
                + " AppRequests.Count at $.n")
        .doesNotContain("five");
    assertThat(log.list.get(0).getThrowableProxy())
        .as("the codec's cause, which repeats the value")
        .isNull();
    assertThat(response.failures().get(0).toString()).contains("$.n").doesNotContain("five");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"bad\",\"attempts\":2,\"enqueuedAt\":\"yesterday\",\"body\":{\"n\":1}}",
        "{\"id\":\"bad\",\"attempts\":2,\"enqueuedAt\":7,\"body\":{\"n\":1}}",
        "{\"id\":\"bad\",\"attempts\":2,\"timestamp\":{},\"body\":{\"n\":1}}",
        "{\"id\":\"bad\",\"attempts\":2,\"caller\":\"acme/shop\",\"body\":{\"n\":1}}",
        "{\"id\":\"bad\",\"attempts\":2,\"caller\":{\"orgSlug\":\"acme\"},\"body\":{\"n\":1}}",
        "{\"caller\":{\"orgSlug\":\"-\",\"repoSlug\":\"b\",\"environment\":\"c\"},\"attempts\":2,\"id\":\"bad\"}",
      })
  void handlesTheOthersOfABatchWithAMessageThatIsNone(String bad) {
    var seen = new ArrayList<QueueMessage<Count>>();
    W7sApp app = worker().on(COUNTS, seen::add).build();

    AppResponse response =
        deliverJobs(app, message("m1", 1, "{\"n\":1}"), bad, message("m2", 1, "{\"n\":2}"));

    assertThat(seen).extracting(QueueMessage::id).containsExactly("m1", "m2");
    assertThat(seen.get(1).caller()).hasToString("Optional[acme/shop (production)]");
    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("message bad: queue message at $");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "null",
        "\"text\"",
        "[]",
        "{}",
        "{\"id\":7,\"body\":1}",
        "{\"id\":\"bad\",\"attempts\":0}",
        "{\"id\":\"bad\",\"attempts\":1.5}",
        "{\"id\":\"bad\",\"attempts\":\"1\"}",
        "{\"id\":\"bad\",\"attempts\":99999999999}"
      })
  void handlesTheOthersOfABatchWithAnElementWithoutIdOrAttempt(String bad) {
    var seen = new ArrayList<QueueMessage<Count>>();
    W7sApp app = worker().on(COUNTS, seen::add).build();

    AppResponse response =
        deliverJobs(app, message("m1", 1, "{\"n\":1}"), bad, message("m2", 1, "{\"n\":2}"));

    assertThat(seen).extracting(QueueMessage::id).containsExactly("m1", "m2");
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.failures()).hasSize(1);
    assertThat(response.failures().get(0).messageId().orElseThrow()).isIn("bad", "unknown");
  }

  @Test
  void handlesTheOthersWhereReadingABodyThrowsAnError() {
    QueueRef<Unlucky> queue = WORKER_APP.queue("jobs", Unlucky.class);
    var seen = new ArrayList<QueueMessage<Unlucky>>();
    W7sApp app = worker().on(queue, seen::add).build();

    AppResponse response = deliverJobs(app, tenWith(1, "{\"n\":13}"));

    assertThat(seen).hasSize(9);
    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("message m1: ").contains("StackOverflowError");
  }

  @Test
  void handlesTheOthersWhereACodecThrowsSomethingElse() {
    var seen = new ArrayList<QueueMessage<Count>>();
    W7sApp app = worker().codec(BROKEN_FOR_13).on(COUNTS, seen::add).build();

    AppResponse response = deliverJobs(app, tenWith(1, "{\"n\":13}"));

    assertThat(seen).hasSize(9);
    assertThat(text(response))
        .contains("message: reading it threw java.lang.IllegalStateException")
        .doesNotContain("the codec is broken");
  }

  static Stream<String> bodiesBeyondAParsersLimits() {
    return Stream.of(
        "{\"n\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}",
        "{\"n\":" + "1".repeat(5_000) + "}",
        "{\"" + "x".repeat(100_000) + "\":1,\"n\":[]}");
  }

  @ParameterizedTest
  @MethodSource("bodiesBeyondAParsersLimits")
  void handlesTheOthersOfABatchWithABodyBeyondAParsersLimits(String body) {
    var seen = new ArrayList<QueueMessage<Count>>();
    W7sApp app = worker().on(COUNTS, seen::add).build();

    AppResponse response =
        deliverJobs(
            app,
            message("m1", 1, "{\"n\":1}"),
            "{\"id\":\"m2\",\"attempts\":1,\"enqueuedAt\":null,\"caller\":null,\"body\":"
                + body
                + "}",
            message("m3", 1, "{\"n\":3}"));

    assertThat(seen).extracting(QueueMessage::id).containsExactly("m1", "m3");
    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("message m2: ");
  }

  @Test
  void namesAtMostFiveReasonsInTheResponse() {
    W7sApp app = worker().on(COUNTS, message -> {}).build();
    String[] messages =
        IntStream.rangeClosed(1, 7).mapToObj(i -> message("m" + i, 1, "[]")).toArray(String[]::new);

    AppResponse response = deliverJobs(app, messages);

    assertThat(text(response)).contains("message m5: ").contains("; and 2 more");
    assertThat(response.failures()).hasSize(7);
  }

  static Stream<String> unreadableEvents() {
    return Stream.of(
        "7",
        "[]",
        "null",
        "{}",
        "{\"subject\":7,\"source\":\"acme/shop\",\"data\":{}}",
        "{\"source\":\"acme/shop\",\"data\":{}}",
        "{\"subject\":\"orders.created\",\"data\":{}}",
        "{\"subject\":\"orders.created\",\"source\":\"nobody\",\"data\":{}}",
        "{\"subject\":\"orders.created\",\"source\":\"acme/shop\",\"time\":\"noon\",\"data\":{}}",
        event("orders.created", "\"not an order\""),
        event("orders.created", "{\"orderId\":[]}"),
        "{\"specversion\":\"1.0\",\"id\":\"c\",\"source\":\"acme/shop\",\"data\":{}}",
        "{\"specversion\":\"1.0\",\"id\":\"c\",\"source\":\"acme/shop\",\"type\":\"orders.created\",\"data_base64\":\"AQ==\"}");
  }

  @ParameterizedTest
  @MethodSource("unreadableEvents")
  void handlesTheOtherEventsOfABatchWithAnUnreadableOne(String bad) {
    var seen = new ArrayList<Event<Order>>();
    W7sApp app = worker().on(CREATED, "events", seen::add).build();

    AppResponse response =
        deliverEvents(
            app,
            message("m1", 1, event("orders.created", "{\"orderId\":\"o1\"}")),
            message("m2", 3, bad),
            message("m3", 1, event("orders.created", "{\"orderId\":\"o3\"}")));

    assertThat(seen).extracting(Event::messageId).containsExactly("m1", "m3");
    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("message m2: ");
  }

  @Test
  void failsAnEventOfAnUnknownSubjectAlone() {
    var created = new ArrayList<Event<Order>>();
    W7sApp app = worker().on(CREATED, "events", created::add).build();

    AppResponse response =
        deliverEvents(
            app,
            message("m1", 1, event("orders.lost", "{}")),
            message("m2", 1, event("orders.created", "{\"orderId\":\"o1\"}")));

    assertThat(response.status()).isEqualTo(500);
    assertThat(created).hasSize(1);
    assertThat(lines())
        .containsExactly(
            "handler of queue events for message m1 (attempt 1) in acme/worker failed:"
                + " java.lang.IllegalStateException: no handler for subject orders.lost");
  }

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IllegalStateException("boom"),
        new Exception("checked"),
        new AssertionError("assertion"),
        new StackOverflowError(),
        new OutOfMemoryError("simulated"),
        new NoClassDefFoundError("com/example/Missing"),
        new ExceptionInInitializerError(new IllegalStateException("static")),
        new InternalError("simulated"),
        new InterruptedException("simulated"),
        new CodecException("Total", null, "from a call of the handler", null));
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void handlesTheOthersWhateverAHandlerThrows(Throwable thrown) {
    var seen = new ArrayList<String>();
    W7sApp app =
        worker()
            .on(
                COUNTS,
                message -> {
                  if (message.id().equals("m3")) {
                    throw sneaky(thrown);
                  }
                  seen.add(message.id());
                })
            .build();

    AppResponse response = deliverJobs(app, tenWith(3, "{\"n\":3}"));

    assertThat(Thread.interrupted()).isEqualTo(thrown instanceof InterruptedException);
    assertThat(seen).containsExactly("m1", "m2", "m4", "m5", "m6", "m7", "m8", "m9", "m10");
    assertThat(response.status()).isEqualTo(500);
    assertThat(text(response)).isEqualTo("{\"ok\":false,\"error\":\"the handler failed\"}");
    assertThat(response.failures()).singleElement().extracting("cause").isSameAs(thrown);
    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith("handler of queue jobs for message m3 (attempt 2) in acme/worker failed: ")
        .contains(thrown.getClass().getName());
    assertThat(log.list.get(0).getThrowableProxy().getClassName())
        .isEqualTo(thrown.getClass().getName());
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void respondsWhateverTheOtherKindsOfHandlersThrow(Throwable thrown) {
    W7sApp app =
        worker()
            .onBatch(
                COUNTS,
                batch -> {
                  throw sneaky(thrown);
                })
            .on(
                CHECKOUT,
                run -> {
                  throw sneaky(thrown);
                })
            .on(
                SYNC,
                run -> {
                  throw sneaky(thrown);
                })
            .on(
                TOTAL,
                request -> {
                  throw sneaky(thrown);
                })
            .build();

    for (AppResponse response :
        List.of(
            deliverJobs(app, message("m1", 1, "{\"n\":1}")),
            post(app, "/_w7s/workflows/checkout", workflowRun("i1")),
            post(app, "/_w7s/schedules/sync", scheduledRun("*/5 * * * *")),
            post(app, "/totals/eur", "{\"orderId\":\"o1\"}"))) {
      assertThat(response.status()).isEqualTo(500);
      assertThat(text(response)).isEqualTo("{\"ok\":false,\"error\":\"the handler failed\"}");
      assertThat(response.failures()).singleElement().extracting("cause").isSameAs(thrown);
    }
    assertThat(Thread.interrupted()).isEqualTo(thrown instanceof InterruptedException);
    assertThat(lines())
        .hasSize(4)
        .allSatisfy(line -> assertThat(line).contains("failed: " + thrown.getClass().getName()));
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Test
  void doesNotInterruptTheNextHandlerWhenOneInterruptsItsThread() {
    var interrupted = new ArrayList<Boolean>();
    W7sApp app =
        worker()
            .on(
                COUNTS,
                message -> {
                  interrupted.add(Thread.currentThread().isInterrupted());
                  Thread.currentThread().interrupt();
                })
            .build();

    AppResponse response = deliverJobs(app, tenWith(0, ""));

    assertThat(Thread.interrupted()).as("its owner learns of it").isTrue();
    assertThat(response.status()).isEqualTo(200);
    assertThat(interrupted).hasSize(10).containsOnly(false);
  }

  @Test
  void reportsEachFailedMessageWithItsOwnException() {
    W7sApp app =
        worker()
            .on(
                COUNTS,
                message -> {
                  throw new IllegalStateException("no " + message.id());
                })
            .build();

    AppResponse response =
        deliverJobs(app, message("m1", 1, "{\"n\":1}"), message("m2", 1, "{\"n\":2}"));

    assertThat(response.failures())
        .extracting(failure -> failure.cause().getMessage())
        .containsExactly("no m1", "no m2");
    assertThat(lines()).hasSize(2);
  }

  @Test
  void doesNotChangeAnExceptionThatIsThrownAgainAndAgain() {
    var constant = new IllegalStateException("always the same");
    W7sApp app =
        worker()
            .on(
                COUNTS,
                message -> {
                  throw message.id().equals("m1") ? constant : new IllegalStateException("other");
                })
            .build();

    deliverJobs(app, message("m1", 1, "{\"n\":1}"), message("m2", 1, "{\"n\":2}"));

    assertThat(constant.getSuppressed()).as("they would grow without bound").isEmpty();
  }

  @Test
  void logsAnExceptionWhoseOwnMethodsThrow() {
    W7sApp app =
        worker()
            .on(
                COUNTS,
                message -> {
                  throw new RuntimeException() {
                    @Override
                    public String getMessage() {
                      throw new IllegalStateException("no message");
                    }

                    @Override
                    public synchronized Throwable getCause() {
                      throw new IllegalStateException("no cause");
                    }
                  };
                })
            .build();

    AppResponse response = deliverJobs(app, message("m1", 1, "{\"n\":1}"));

    assertThat(response.status()).isEqualTo(500);
    assertThat(lines()).singleElement().asString().contains("its message cannot be read");
    assertThat(response.failures().get(0).toString()).contains("its message cannot be read");
  }

  @Test
  void respondsWith500WhenAHandlerFailedAndAnotherMessageIsUnreadable() {
    W7sApp app =
        worker()
            .on(
                COUNTS,
                message -> {
                  throw new IllegalStateException("secret");
                })
            .build();

    AppResponse response = deliverJobs(app, message("m1", 1, "[]"), message("m2", 1, "{\"n\":2}"));

    assertThat(response.status()).isEqualTo(500);
    assertThat(text(response)).isEqualTo("{\"ok\":false,\"error\":\"the handler failed\"}");
    assertThat(response.failures())
        .extracting(failure -> failure.messageId().orElseThrow())
        .containsExactly("m2", "m1");
  }

  @Test
  void givesABatchHandlerTheReadableMessagesAndAListOfTheOthers() {
    var readable = new ArrayList<QueueMessage<Count>>();
    var unreadable = new ArrayList<UnreadableMessage>();
    W7sApp app =
        worker()
            .onBatch(
                COUNTS,
                batch -> {
                  readable.addAll(batch.messages());
                  unreadable.addAll(batch.unreadable());
                })
            .build();

    AppResponse response = deliverJobs(app, tenWith(4, "{\"n\":\"five\"}"));

    assertThat(readable).hasSize(9);
    assertThat(unreadable).hasSize(1);
    UnreadableMessage bad = unreadable.get(0);
    assertThat(bad.id()).isEqualTo("m4");
    assertThat(bad.attempt()).isEqualTo(2);
    assertThat(bad.reason()).contains("Count at $.n").doesNotContain("five");
    assertThat(new String(bad.body(), UTF_8)).isEqualTo("{\"n\":\"five\"}");
    assertThat(response.status()).as("after the handler returned").isEqualTo(400);
    assertThat(text(response)).contains("message m4: ");
  }

  @Test
  void acknowledgesABatchWhoseHandlerTookCareOfTheUnreadable() {
    W7sApp app =
        worker()
            .onBatch(COUNTS, batch -> batch.unreadable().forEach(UnreadableMessage::acknowledge))
            .build();

    AppResponse response = deliverJobs(app, message("m1", 1, "[]"), message("m2", 1, "[]"));

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.failures()).isEmpty();
    assertThat(log.list).isEmpty();
  }

  @Test
  void failsABatchWhoseHandlerTookCareOfSomeOfTheUnreadable() {
    W7sApp app = worker().onBatch(COUNTS, batch -> batch.unreadable().get(0).acknowledge()).build();

    AppResponse response = deliverJobs(app, message("m1", 1, "[]"), message("m2", 1, "[]"));

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.failures())
        .extracting(failure -> failure.messageId().orElseThrow())
        .containsExactly("m2");
  }

  @Test
  void namesTheMessagesOfABatchWhoseHandlerThrew() {
    W7sApp app =
        worker()
            .onBatch(
                COUNTS,
                batch -> {
                  throw new IllegalStateException("boom");
                })
            .build();

    deliverJobs(app, message("m1", 1, "{\"n\":1}"), message("m2", 4, "{\"n\":2}"));

    assertThat(lines())
        .containsExactly(
            "handler of queue jobs for message m1 (attempt 1), message m2 (attempt 4) in"
                + " acme/worker failed: java.lang.IllegalStateException: boom");
  }

  @Test
  void doesNotCallABatchHandlerForAnEmptyDelivery() {
    var calls = new ArrayList<Object>();
    W7sApp app = worker().onBatch(COUNTS, calls::add).build();

    assertThat(deliverJobs(app).status()).isEqualTo(200);
    assertThat(calls).isEmpty();
  }

  @Test
  void respondsWith500WhenACodecBreaksItsContractForARequest() {
    W7sApp app = worker().codec(BROKEN_FOR_13).on(TOTAL, request -> new Total(1)).build();

    AppResponse response = post(app, "/totals/eur", "{\"orderId\":\"13\"}");

    assertThat(response.status()).isEqualTo(500);
    assertThat(text(response)).doesNotContain("the codec is broken");
    assertThat(lines())
        .singleElement()
        .asString()
        .contains("POST /totals/eur in acme/worker failed: java.lang.IllegalStateException");
  }
}
