package io.w7s.sdk.events;

import static io.w7s.sdk.Environment.PRODUCTION;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventRouterAppTest extends RouterRequests {

  private static final String EVENT =
      "{\"id\":\"e1\",\"subject\":\"orders.created\",\"source\":\"acme/imposter\","
          + "\"time\":\"2026-05-24T21:58:00.000Z\",\"data\":{ \"n\":1.50 }}";
  private static final String MESSAGE = EVENT.replace("imposter", "shop");

  @Test
  void sendsAnEventByteForByteToEachQueue() {
    var transport = new FakeTransport(TAKEN, TAKEN);

    AppResponse answer = publish(app(transport), caller("acme/shop"), EVENT);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(text(answer))
        .isEqualTo(
            "{\"ok\":true,\"service\":\"event-router\",\"accepted\":true,"
                + "\"subject\":\"orders.created\",\"publisher\":\"acme/shop\",\"deliveries\":["
                + "{\"repository\":\"acme/audit\",\"queue\":\"events\","
                + "\"target\":\"acme/audit/events\",\"ok\":true,\"status\":200,"
                + "\"response\":{\"ok\":true,\"enqueuedAt\":\"2026-05-25T12:00:00.000Z\"}},"
                + "{\"repository\":\"acme/worker\",\"queue\":\"mails\","
                + "\"target\":\"acme/worker/mails\",\"ok\":true,\"status\":200,"
                + "\"response\":{\"ok\":true,\"enqueuedAt\":\"2026-05-25T12:00:00.000Z\"}}]}");
    assertThat(transport.sent)
        .extracting(Operation::target)
        .containsExactly("acme/audit/events", "acme/worker/mails");
    assertThat(sent(transport, 0)).isEqualTo(MESSAGE);
    assertThat(sent(transport, 1)).isEqualTo(MESSAGE);
  }

  @Test
  void sendsARepeatedEventOnlyWhereItIsMissing() {
    var transport = new FakeTransport(TAKEN, Outcome.refused(404, "no such queue"), TAKEN);
    W7sApp app = app(transport);

    AppResponse partial = publish(app, caller("acme/shop"), EVENT);
    assertThat(partial.status()).isEqualTo(502);
    assertThat(text(partial))
        .startsWith("{\"ok\":false,")
        .contains("\"ok\":false,\"status\":404,\"response\":{\"ok\":false,\"error\":\"")
        .contains("no such queue");

    AppResponse complete = publish(app, caller("acme/shop"), EVENT);
    assertThat(complete.status()).isEqualTo(202);
    assertThat(transport.sent).hasSize(3);
    assertThat(text(complete))
        .contains(
            "\"target\":\"acme/audit/events\",\"ok\":true,\"status\":200,"
                + "\"response\":{\"ok\":true},\"skipped\":true}");
  }

  @Test
  void retriesAFailedSendByTheOptionsOfTheW7s() {
    var transport = new FakeTransport(Outcome.notDelivered("closed", null), TAKEN, TAKEN);

    assertThat(publish(app(transport), caller("acme/shop"), EVENT).status()).isEqualTo(202);
    assertThat(time.waits).hasSize(1);
  }

  @Test
  void repliesWith502WhenOneQueueDoesNotRespond() {
    var pending = new ArrayList<CompletableFuture<Outcome<?>>>();
    var transport = new PendingTransport(pending);
    CompletableFuture<AppResponse> answer =
        CompletableFuture.supplyAsync(() -> publish(app(transport), caller("acme/shop"), EVENT));
    transport.awaitSends(2); // the second is sent although the first has no answer

    pending.get(1).complete(TAKEN);
    pending.get(0).complete(Outcome.deliveryUnknown("cut", null));

    assertThat(answer.join().status()).isEqualTo(502);
    assertThat(text(answer.join())).contains("\"status\":502", "cut", "\"status\":200");
  }

  @Test
  void refusesAPublisherThatDoesNotDeclareTheSubject() {
    var transport = new FakeTransport();

    AppResponse answer = publish(app(transport), caller("acme/imposter"), EVENT);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(text(answer))
        .startsWith("{\"ok\":false,\"error\":\"acme/imposter (production) does not declare");
    assertThat(transport.sent).isEmpty();
  }

  @Test
  void refusesAPublisherOfAnotherEnvironment() {
    Headers branch = caller("acme/shop").with("x-w7s-rpc-caller-environment", "feature");

    AppResponse answer = publish(app(new FakeTransport()), branch, EVENT);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(text(answer)).contains("production", "acme/shop (feature)");
  }

  @Test
  void refusesARequestThatIsNoRpc() {
    assertThat(publish(app(new FakeTransport()), Headers.none(), EVENT).status()).isEqualTo(401);
  }

  @Test
  void canTrustTheSourceOfAnEvent() {
    var transport = new FakeTransport(TAKEN, TAKEN);
    W7sApp app =
        EventRouterApp.builder(w7s(transport), EventRouter.of(registry)).trustSource().build();

    assertThat(publish(app, Headers.none(), MESSAGE).status()).isEqualTo(202);
    assertThat(publish(app, Headers.none(), EVENT).status()).isEqualTo(403);
    assertThat(publish(app, Headers.none(), "{\"subject\":\"a\"}").status()).isEqualTo(401);
    assertThat(publish(app, Headers.none(), "{\"subject\":\"a\",\"source\":\"b\"}").status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no JSON",
        "null",
        "{}",
        "{\"subject\":\"\"}",
        "{\"subject\":\"orders.*\"}",
        "{\"subject\":1}",
        "{\"subject\":\"orders.created\",\"data\":{]}",
        "{\"subject\":\"orders.created\",\"data\":nope}",
        "{\"subject\":\"orders.created\",\"data\":{\"a\":1,}}",
        "{\"subject\":\"a\",\"id\":\" \"}",
        "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"s\"}"
      })
  void refusesWhatIsNoEvent(String body) {
    var transport = new FakeTransport();
    AppResponse answer = publish(app(transport), caller("acme/shop"), body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(text(answer)).startsWith("{\"ok\":false,\"error\":\"");
    assertThat(transport.sent).isEmpty();
  }

  @Test
  void refusesAnEventOverThePlatformsLimit() {
    String large = EVENT.replace("{ \"n\":1.50 }", "\"" + "x".repeat(65_500) + "\"");

    assertThat(publish(app(new FakeTransport()), caller("acme/shop"), large).status())
        .isEqualTo(413);
  }

  @Test
  void makesAnIdAndATimeForAnEventWithoutThem() {
    var transport = new FakeTransport(TAKEN, TAKEN);

    publish(app(transport), caller("acme/shop"), "{\"subject\":\"orders.created\"}");

    assertThat(sent(transport, 0))
        .matches(
            "\\{\"id\":\"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\","
                + "\"subject\":\"orders.created\",\"source\":\"acme/shop\","
                + "\"time\":\"2026-05-25T12:00:00.000Z\",\"data\":null}");
  }

  @Test
  void passesOnTheTraceOfTheEventElseOfTheRequest() {
    var transport = new FakeTransport(TAKEN, TAKEN, TAKEN, TAKEN);
    W7sApp app = app(transport);
    String other = TRACE.replace("-01", "-00");

    publish(app, caller("acme/shop").with("traceparent", TRACE), EVENT);
    assertThat(sent(transport, 0)).contains("\"traceparent\":\"" + TRACE + "\"");

    String traced =
        EVENT
            .replace("\"e1\"", "\"e2\"")
            .replace("\"data\"", "\"traceparent\":\"" + other + "\",\"data\"");
    publish(app, caller("acme/shop").with("traceparent", TRACE), traced);
    assertThat(sent(transport, 2)).contains("\"traceparent\":\"" + other + "\"");
  }

  @Test
  void listsThePresentSubscriptions() {
    W7sApp app = app(new FakeTransport());
    SubjectRef<Order> paid = SubjectRef.of("orders.paid", Order.class);
    registry.subscribe(SHOP, PRODUCTION, paid, "paid");

    assertThat(text(get(app, "/subscriptions")))
        .isEqualTo(
            "{\"subjects\":{\"orders.created\":["
                + "{\"repository\":\"acme/audit\",\"queue\":\"events\"},"
                + "{\"repository\":\"acme/worker\",\"queue\":\"mails\"}],"
                + "\"orders.paid\":[{\"repository\":\"acme/shop\",\"queue\":\"paid\"}]}}");
  }

  @Test
  void namesItselfInItsHealth() {
    assertThat(text(get(app(new FakeTransport()), "/health")))
        .isEqualTo("{\"ok\":true,\"service\":\"event-router\"}");
  }

  @Test
  void declaresNothingToThePlatform() {
    assertThat(app(new FakeTransport()).manifest().toString()).isEqualTo("{}");
  }

  /** Answers when the test completes the future. */
  private static final class PendingTransport implements Transport {

    private final List<CompletableFuture<Outcome<?>>> pending;
    private final Semaphore sends = new Semaphore(0);

    PendingTransport(List<CompletableFuture<Outcome<?>>> pending) {
      this.pending = pending;
    }

    void awaitSends(int count) {
      sends.acquireUninterruptibly(count);
    }

    @Override
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      throw new AssertionError("a blocking send holds up the next subscriber");
    }

    @Override
    @SuppressWarnings("unchecked") // the test writes answers that fit its operations
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      var answer = new CompletableFuture<Outcome<?>>();
      pending.add(answer);
      sends.release();
      return answer.thenApply(any -> (Outcome<R>) any);
    }

    @Override
    public void close() {}
  }
}
