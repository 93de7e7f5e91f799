package io.w7s.sdk.app;

import static io.w7s.sdk.Environment.PRODUCTION;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.ScriptedTransport;
import io.w7s.sdk.SteppedTime;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.event.EventRegistry;
import io.w7s.sdk.event.EventRouter;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventRouterAppTest extends AppRequests {

  private static final AppId SHOP = AppId.parse("acme/shop");
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final String EVENT =
      "{\"id\":\"e1\",\"subject\":\"orders.created\",\"source\":\"acme/imposter\","
          + "\"time\":\"2026-05-24T21:58:00.000Z\",\"data\":{ \"n\":1.50 }}";
  private static final String MESSAGE = EVENT.replace("imposter", "shop");
  private static final Outcome<?> TAKEN =
      Outcome.success(new SendReceipt(AppId.parse("acme/x"), "events", SteppedTime.START));

  private final EventRegistry registry =
      new EventRegistry()
          .publish(SHOP, PRODUCTION, CREATED)
          .subscribe(AppId.parse("acme/audit"), PRODUCTION, CREATED, "events")
          .subscribe(AppId.parse("acme/worker"), PRODUCTION, CREATED, "mails");
  private final SteppedTime time = new SteppedTime();

  private W7sApp app(Transport transport) {
    return EventRouterApp.of(w7s(transport), EventRouter.of(registry));
  }

  private W7s w7s(Transport transport) {
    return W7s.builder(W7sConfig.builder().app("acme/event-router").build())
        .transport(transport)
        .time(time)
        .options(call -> call.retry(RetryPolicy.standard().maxAttempts(2)))
        .build();
  }

  private static Headers caller(String app) {
    AppId id = AppId.parse(app);
    return Headers.of("x-w7s-rpc", "1")
        .with("x-w7s-rpc-caller-owner", id.owner())
        .with("x-w7s-rpc-caller-repo", id.repo());
  }

  private static AppResponse publish(W7sApp app, Headers headers, String event) {
    return send(app, "POST", "/publish", "", headers, event);
  }

  private static String sent(ScriptedTransport transport, int index) {
    return new String(((QueueSend) transport.sent.get(index)).body(), UTF_8);
  }

  @Test
  void anEventGoesByteForByteToEachSubscribersQueue() {
    var transport = new ScriptedTransport(TAKEN, TAKEN);

    AppResponse answer = publish(app(transport), caller("acme/shop"), EVENT);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(text(answer))
        .isEqualTo(
            "{\"ok\":true,\"service\":\"event-router\",\"accepted\":true,"
                + "\"subject\":\"orders.created\",\"publisher\":\"acme/shop\",\"deliveries\":["
                + "{\"repository\":\"acme/audit\",\"queue\":\"events\","
                + "\"target\":\"acme/audit/events\",\"ok\":true,\"status\":200,"
                + "\"response\":{\"ok\":true,\"enqueuedAt\":\"2026-05-25T12:00:00Z\"}},"
                + "{\"repository\":\"acme/worker\",\"queue\":\"mails\","
                + "\"target\":\"acme/worker/mails\",\"ok\":true,\"status\":200,"
                + "\"response\":{\"ok\":true,\"enqueuedAt\":\"2026-05-25T12:00:00Z\"}}]}");
    assertThat(transport.sent)
        .extracting(Operation::target)
        .containsExactly("acme/audit/events", "acme/worker/mails");
    assertThat(sent(transport, 0)).isEqualTo(MESSAGE);
    assertThat(sent(transport, 1)).isEqualTo(MESSAGE);
  }

  @Test
  void theSameIdAgainIsSentOnlyToThoseWhoMissIt() {
    var transport = new ScriptedTransport(TAKEN, Outcome.refused(404, "no such queue"), TAKEN);
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
  void aFailedSendIsTriedAgainByTheOptionsOfTheW7s() {
    var transport = new ScriptedTransport(Outcome.notDelivered("closed", null), TAKEN, TAKEN);

    assertThat(publish(app(transport), caller("acme/shop"), EVENT).status()).isEqualTo(202);
    assertThat(time.waits).hasSize(1);
  }

  @Test
  void aSubscriberThatNeverAnswersInTimeIsA502AndHoldsUpNoOther() {
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
  void onlyAnAppThatDeclaresTheSubjectPublishesIt() {
    var transport = new ScriptedTransport();

    AppResponse answer = publish(app(transport), caller("acme/imposter"), EVENT);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(text(answer))
        .startsWith("{\"ok\":false,\"error\":\"acme/imposter (production) does not declare");
    assertThat(transport.sent).isEmpty();
  }

  @Test
  void anAppOfAnotherEnvironmentIsRefused() {
    Headers branch = caller("acme/shop").with("x-w7s-rpc-caller-environment", "feature");

    AppResponse answer = publish(app(new ScriptedTransport()), branch, EVENT);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(text(answer)).contains("production", "acme/shop (feature)");
  }

  @Test
  void whoDoesNotSayWhoPublishesIsRefused() {
    assertThat(publish(app(new ScriptedTransport()), Headers.none(), EVENT).status())
        .isEqualTo(401);
  }

  @Test
  void amongFriendsTheEventMaySayWhoPublishes() {
    var transport = new ScriptedTransport(TAKEN, TAKEN);
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
        "{\"subject\":\"a\",\"id\":\" \"}",
        "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"s\"}"
      })
  void whatIsNoEventIsRefusedBeforeAnythingIsSent(String body) {
    var transport = new ScriptedTransport();
    AppResponse answer = publish(app(transport), caller("acme/shop"), body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(text(answer)).startsWith("{\"ok\":false,\"error\":\"");
    assertThat(transport.sent).isEmpty();
  }

  @Test
  void whatDoesNotFitIntoAQueueMessageIsRefusedWith413() {
    String large = EVENT.replace("{ \"n\":1.50 }", "\"" + "x".repeat(65_500) + "\"");

    assertThat(publish(app(new ScriptedTransport()), caller("acme/shop"), large).status())
        .isEqualTo(413);
  }

  @Test
  void aTraceGoesOnFromTheEventElseFromTheRequest() {
    var transport = new ScriptedTransport(TAKEN, TAKEN, TAKEN, TAKEN);
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
  void subscriptionsAreThoseOfNow() {
    W7sApp app = app(new ScriptedTransport());
    registry.subscribe(SHOP, PRODUCTION, PAID, "paid");

    assertThat(text(send(app, "GET", "/subscriptions", "", Headers.none(), "")))
        .isEqualTo(
            "{\"subjects\":{\"orders.created\":["
                + "{\"repository\":\"acme/audit\",\"queue\":\"events\"},"
                + "{\"repository\":\"acme/worker\",\"queue\":\"mails\"}],"
                + "\"orders.paid\":[{\"repository\":\"acme/shop\",\"queue\":\"paid\"}]}}");
  }

  @Test
  void healthNamesTheService() {
    assertThat(text(send(app(new ScriptedTransport()), "GET", "/health", "", Headers.none(), "")))
        .isEqualTo("{\"ok\":true,\"service\":\"event-router\"}");
  }

  @Test
  void aRouterDeclaresNothingToThePlatform() {
    assertThat(app(new ScriptedTransport()).manifest().toString()).isEqualTo("{}");
  }

  /** Answers when the test says so. */
  private static final class PendingTransport implements Transport {

    private final List<CompletableFuture<Outcome<?>>> pending;
    private final java.util.concurrent.Semaphore sends = new java.util.concurrent.Semaphore(0);

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
