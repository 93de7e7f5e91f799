package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What interceptors see of the handlers, and what they can do. */
class HandlerInterceptorTest extends AppRequests {

  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  /** What an interceptor saw. */
  private record Seen(
      HandlerKind kind,
      String name,
      String subject,
      String messageId,
      OptionalInt attempt,
      String traceParent,
      String contentType,
      Object input) {

    static Seen of(HandlerInvocation handler) {
      return new Seen(
          handler.kind(),
          handler.name(),
          handler.subject().orElse(""),
          handler.messageId().orElse(""),
          handler.attempt(),
          handler.traceParent().orElse(""),
          handler.headers().first("content-type").orElse(""),
          handler.input());
    }
  }

  private final List<Seen> seen = new ArrayList<>();
  private final List<Object> handled = new ArrayList<>();

  private W7sApp app(HandlerInterceptor... interceptors) {
    W7sApp.Builder builder =
        worker()
            .on(JOBS, handled::add)
            .on(CREATED, "events", handled::add)
            .on(SYNC, handled::add)
            .on(
                CHECKOUT,
                run -> {
                  handled.add(run);
                  return new Total(42);
                })
            .on(
                TOTAL,
                request -> {
                  handled.add(request);
                  return new Total(7);
                });
    for (HandlerInterceptor interceptor : interceptors) {
      builder.intercept(interceptor);
    }
    return builder.build();
  }

  private static AppResponse sendJson(W7sApp app, String path, String body) {
    Headers headers = Headers.of("content-type", "application/json").with("traceparent", TRACE);
    return send(app, "POST", path, "", headers, body);
  }

  private static void sendAll(W7sApp app) {
    sendJson(app, "/_w7s/queues/jobs", delivery(message("m1", 2, "{\"type\":\"a\"}")));
    sendJson(
        app,
        "/_w7s/queues/events",
        delivery(message("m2", 3, event("orders.created", "{\"orderId\":\"o1\"}"))));
    sendJson(app, "/_w7s/schedules/sync", scheduledRun("*/5 * * * *"));
    sendJson(app, "/_w7s/workflows/checkout", workflowRun("i1"));
    sendJson(app, "/totals/eur", "{\"orderId\":\"o1\"}");
  }

  @Test
  void seesTheHandlersOfAllKinds() {
    W7sApp app =
        app(
            handler -> {
              seen.add(Seen.of(handler));
              assertThat(handler.app()).hasToString("acme/worker");
              handler.proceed();
            });

    sendAll(app);

    assertThat(handled).hasSize(5);
    assertThat(seen).hasSize(5);
    for (int i = 0; i < 5; i++) {
      assertThat(seen.get(i).input()).isSameAs(handled.get(i));
      assertThat(seen.get(i).contentType()).isEqualTo("application/json");
    }
    assertThat(seen)
        .extracting(Seen::kind)
        .containsExactly(
            HandlerKind.QUEUE,
            HandlerKind.EVENT,
            HandlerKind.SCHEDULE,
            HandlerKind.WORKFLOW,
            HandlerKind.RPC);
    assertThat(seen)
        .extracting(Seen::name)
        .containsExactly(
            "jobs", "events", "/_w7s/schedules/sync", "checkout", "POST /totals/{currency}");
    assertThat(seen).extracting(Seen::subject).containsExactly("", "orders.created", "", "", "");
    assertThat(seen).extracting(Seen::messageId).containsExactly("m1", "m2", "", "", "");
    assertThat(seen)
        .extracting(Seen::attempt)
        .containsExactly(
            OptionalInt.of(2),
            OptionalInt.of(3),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty());
    assertThat(seen)
        .extracting(Seen::traceParent)
        .as("a message has its own trace, not that of its delivery")
        .containsExactly("", "", TRACE, TRACE, TRACE);
  }

  @Test
  void handlersGetEqualInputsWithAndWithoutInterceptors() {
    sendAll(app());
    List<Object> without = List.copyOf(handled);
    handled.clear();

    sendAll(app(HandlerInvocation::proceed));

    assertThat(handled).isEqualTo(without);
  }

  @Test
  void seesTheTraceOfAMessage() {
    String traced =
        event("orders.created", "{\"orderId\":\"o1\"}")
            .replace("\"data\"", "\"traceparent\":\"" + TRACE + "\",\"data\"");
    W7sApp app = app(handler -> seen.add(Seen.of(handler)));

    deliverEvents(app, message("m1", 1, traced));

    assertThat(seen).extracting(Seen::traceParent).containsExactly(TRACE);
  }

  @Test
  void isCalledForEachMessageAndKnowsItsOutcome() {
    var outcomes = new ArrayList<String>();
    HandlerInterceptor observer =
        handler -> {
          try {
            handler.proceed();
            outcomes.add(handler.messageId().orElseThrow() + " handled");
          } catch (Exception e) {
            outcomes.add(handler.messageId().orElseThrow() + " " + e.getMessage());
            throw e;
          }
        };
    W7sApp app =
        worker()
            .intercept(observer)
            .on(
                JOBS,
                message -> {
                  if (message.id().equals("m2")) {
                    throw new IllegalStateException("boom");
                  }
                })
            .build();

    AppResponse response =
        deliverJobs(
            app,
            message("m1", 1, "{\"type\":\"a\"}"),
            message("m2", 1, "{\"type\":\"b\"}"),
            message("m3", 1, "{\"type\":\"c\"}"));

    assertThat(outcomes).containsExactly("m1 handled", "m2 boom", "m3 handled");
    assertThat(response.status()).isEqualTo(500);
  }

  @Test
  void isCalledOnceForABatchHandler() {
    var batches = new ArrayList<QueueBatch<Job>>();
    W7sApp app =
        worker()
            .intercept(
                handler -> {
                  seen.add(Seen.of(handler));
                  handler.proceed();
                })
            .onBatch(JOBS, batches::add)
            .build();

    deliverJobs(
        app,
        message("m1", 1, "{\"type\":\"a\"}"),
        message("m2", 1, "{\"type\":\"b\"}"),
        message("m3", 1, "[]"));

    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).input()).isSameAs(batches.get(0));
    assertThat(seen.get(0).messageId()).isEmpty();
    assertThat(seen.get(0).attempt()).isEmpty();
    assertThat(batches.get(0).unreadable()).hasSize(1);
  }

  @Test
  void runsInTheOrderOfRegistrationTheFirstOutermost() {
    var order = new ArrayList<String>();
    W7sApp app =
        worker()
            .intercept(around("first", order))
            .on(JOBS, message -> order.add("handler"))
            .intercept(around("second", order))
            .build();

    deliverJobs(app, message("m1", 1, "{\"type\":\"a\"}"));

    assertThat(order)
        .containsExactly("before first", "before second", "handler", "after second", "after first");
  }

  private static HandlerInterceptor around(String name, List<String> order) {
    return handler -> {
      order.add("before " + name);
      handler.proceed();
      order.add("after " + name);
    };
  }

  @Test
  void runsInTheThreadOfTheHandler() {
    var threads = new ArrayList<Thread>();
    W7sApp app =
        app(
            handler -> {
              threads.add(Thread.currentThread());
              handler.proceed();
            });

    sendAll(app);

    assertThat(threads).hasSize(5).containsOnly(Thread.currentThread());
  }

  @Test
  void seesWhatTheHandlerReturned() {
    var results = new ArrayList<Object>();
    W7sApp app = app(handler -> results.add(handler.proceed()));

    sendAll(app);

    assertThat(results).containsExactly(null, null, null, new Total(42), new Total(7));
  }

  @Test
  void seesWhatTheHandlerReturnedThroughOtherInterceptors() {
    var results = new ArrayList<Object>();
    W7sApp app = app(handler -> results.add(handler.proceed()), HandlerInvocation::proceed);

    AppResponse response = post(app, "/totals/eur", "{\"orderId\":\"o1\"}");

    assertThat(results).containsExactly(new Total(7));
    assertThat(text(response)).isEqualTo("{\"amount\":7}");
  }

  @Test
  void failsTheHandlerWhenItThrows() {
    W7sApp app =
        app(
            handler -> {
              handler.proceed();
              throw new IllegalStateException("after the fact");
            });

    AppResponse response = deliverJobs(app, message("m1", 1, "{\"type\":\"a\"}"));

    assertThat(handled).hasSize(1);
    assertThat(response.status()).isEqualTo(500);
    assertThat(lines())
        .containsExactly(
            "handler of queue jobs for message m1 (attempt 1) in acme/worker failed:"
                + " java.lang.IllegalStateException: after the fact");
  }

  @Test
  void acknowledgesAMessageThatItDoesNotProceedWith() {
    W7sApp app =
        app(
            handler -> {
              if (!handler.messageId().orElse("").equals("m1")) {
                handler.proceed();
              }
            });

    AppResponse response =
        deliverJobs(app, message("m1", 1, "{\"type\":\"a\"}"), message("m2", 1, "null"));

    assertThat(handled).hasSize(1);
    assertThat(response.status()).isEqualTo(200);
  }

  @Test
  void acknowledgesAMessageWhoseFailureItCatches() {
    var caught = new ArrayList<Throwable>();
    W7sApp app =
        worker()
            .intercept(
                handler -> {
                  try {
                    handler.proceed();
                  } catch (IllegalStateException e) {
                    caught.add(e);
                  }
                })
            .on(
                JOBS,
                message -> {
                  throw new IllegalStateException("poison");
                })
            .build();

    AppResponse response = deliverJobs(app, message("m1", 4, "{\"type\":\"a\"}"));

    assertThat(response.status()).isEqualTo(200);
    assertThat(caught).hasSize(1);
    assertThat(log.list).isEmpty();
  }

  @Test
  void callsTheHandlerAgainWhenItProceedsAgain() {
    var attempts = new ArrayList<String>();
    W7sApp app =
        worker()
            .intercept(
                handler -> {
                  try {
                    handler.proceed();
                  } catch (IllegalStateException e) {
                    handler.proceed();
                  }
                })
            .intercept(
                handler -> {
                  attempts.add("inner");
                  handler.proceed();
                })
            .on(
                TOTAL,
                request -> {
                  attempts.add("handler");
                  if (attempts.size() < 4) {
                    throw new IllegalStateException("once");
                  }
                  return new Total(9);
                })
            .build();

    AppResponse response = post(app, "/totals/eur", "{\"orderId\":\"o1\"}");

    assertThat(attempts).containsExactly("inner", "handler", "inner", "handler");
    assertThat(text(response)).isEqualTo("{\"amount\":9}");
  }

  @Test
  void getsAnUnreadableMessageWhoseHandlerThrowsTheReason() {
    W7sApp app =
        worker()
            .intercept(
                handler -> {
                  seen.add(Seen.of(handler));
                  if (handler.input() instanceof UnreadableMessage message) {
                    assertThatThrownBy(handler::proceed)
                        .isInstanceOf(CodecException.class)
                        .isSameAs(message.failure());
                  }
                  handler.proceed();
                })
            .on(COUNTS, handled::add)
            .build();

    AppResponse response =
        deliverJobs(app, message("m1", 1, "{\"n\":1}"), message("m2", 2, "{\"n\":\"five\"}"));

    assertThat(handled).hasSize(1);
    assertThat(seen).extracting(Seen::messageId).containsExactly("m1", "m2");
    assertThat(seen.get(1).attempt()).hasValue(2);
    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("message m2: ");
  }

  @Test
  void acknowledgesAnUnreadableMessageThatItSetsAside() {
    W7sApp app =
        worker()
            .intercept(
                handler -> {
                  try {
                    handler.proceed();
                  } catch (CodecException e) {
                    seen.add(Seen.of(handler));
                  }
                })
            .on(COUNTS, handled::add)
            .on(CREATED, "events", handled::add)
            .build();

    assertThat(deliverJobs(app, message("m1", 1, "[]")).status()).isEqualTo(200);
    assertThat(deliverEvents(app, message("m2", 1, "[]")).status()).isEqualTo(200);
    assertThat(seen).extracting(Seen::kind).containsExactly(HandlerKind.QUEUE, HandlerKind.EVENT);
    assertThat(handled).isEmpty();
  }

  @Test
  void seesAnEventOfAnUnknownSubject() {
    W7sApp app =
        app(
            handler -> {
              seen.add(Seen.of(handler));
              handler.proceed();
            });

    AppResponse response = deliverEvents(app, message("m1", 1, event("orders.lost", "{\"a\":1}")));

    assertThat(response.status()).isEqualTo(500);
    assertThat(seen.get(0).subject()).isEqualTo("orders.lost");
    assertThat(seen.get(0).name()).isEqualTo("events");
    assertThat(seen.get(0).input()).isInstanceOf(Event.class);
  }

  @Test
  void mustProceedWithAnRpcAndAWorkflow() {
    W7sApp app = app(handler -> {});

    assertThat(post(app, "/totals/eur", "{\"orderId\":\"o1\"}").status()).isEqualTo(500);
    assertThat(post(app, "/_w7s/workflows/checkout", workflowRun("i1")).status()).isEqualTo(500);
    assertThat(post(app, "/_w7s/schedules/sync", scheduledRun("* * * * *")).status())
        .as("a schedule needs no result")
        .isEqualTo(200);
    assertThat(lines()).allSatisfy(line -> assertThat(line).contains("without a result"));
  }

  @Test
  void keepsTheFailureThatItCatchesOfAnRpc() {
    var boom = new IllegalStateException("boom");
    W7sApp app =
        worker()
            .intercept(
                handler -> {
                  try {
                    handler.proceed();
                  } catch (IllegalStateException caught) {
                    seen.add(Seen.of(handler));
                  }
                })
            .on(
                TOTAL,
                request -> {
                  throw boom;
                })
            .build();

    AppResponse response = post(app, "/totals/eur", "{\"orderId\":\"o1\"}");

    assertThat(response.status()).isEqualTo(500);
    assertThat(response.failures().get(0).cause()).hasCause(boom);
  }

  @Test
  void doesNotSeeARequestThatNoHandlerGets() {
    W7sApp app = app(handler -> seen.add(Seen.of(handler)));

    post(app, "/totals/eur", "{");
    post(app, "/nowhere", "{}");
    post(app, "/_w7s/queues/jobs", "{}");

    assertThat(seen).isEmpty();
  }

  @Test
  void anAppThatWasBuiltGetsNoFurtherInterceptors() {
    W7sApp.Builder builder = worker().on(JOBS, handled::add);
    W7sApp app = builder.build();

    builder.intercept(handler -> seen.add(Seen.of(handler)));
    deliverJobs(app, message("m1", 1, "{\"type\":\"a\"}"));

    assertThat(handled).hasSize(1);
    assertThat(seen).isEmpty();
  }

  @Test
  void hasTextWithoutControlCharacters() {
    W7sApp app = app(handler -> seen.add(Seen.of(handler)));
    var texts = new ArrayList<String>();
    W7sApp other = app(handler -> texts.add(handler.toString()));

    deliverJobs(app, message("m1", 1, "null"));
    deliverJobs(other, message("m1\r\nFORGED", 1, "null"));

    assertThat(texts)
        .containsExactly("HandlerInvocation[acme/worker, QUEUE jobs, message m1\\r\\nFORGED]");
  }
}
