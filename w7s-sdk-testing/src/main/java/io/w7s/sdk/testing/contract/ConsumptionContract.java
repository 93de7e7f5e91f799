package io.w7s.sdk.testing.contract;

import static java.time.Duration.ofMinutes;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendOptions;
import io.w7s.sdk.queue.SendReceipt;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Queues whose messages are each handled once, and set aside when they cannot be handled. */
public abstract class ConsumptionContract extends ContractTests {

  private static final QueueRef<Integer> WRONG_TYPE =
      AppRef.of("acme/worker").queue("jobs", Integer.class);

  private final ProcessedMessages processed = ProcessedMessages.inMemory();
  private final ParkedMessages parked = ParkedMessages.inMemory();
  private final List<BatchReport> reports = new CopyOnWriteArrayList<>();
  private final WorkersQueues queues = new WorkersQueues();

  /**
   * Creates the tests.
   *
   * @param fixtures opens a fixture for each test, in which these limits apply
   */
  protected ConsumptionContract(Function<Limits, TransportFixture> fixtures) {
    super(fixtures);
  }

  /** The client of the consuming app, which exists only once the app is deployed. */
  private static final class WorkersQueues implements QueueClient {

    private @Nullable W7s worker;

    @Override
    public <T> SendReceipt send(
        QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
      return requireNonNull(worker).queues().send(queue, body, options);
    }

    @Override
    public <T> CompletableFuture<SendReceipt> sendAsync(
        QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
      return requireNonNull(worker).queues().sendAsync(queue, body, options);
    }
  }

  private void deployWorker(W7sApp.Builder worker) {
    deploy(worker.build());
    queues.worker = connect(WORKER);
  }

  private static W7sApp.Builder app() {
    return W7sApp.builder(new AppRef(WORKER));
  }

  private String text(QueueMessage<Text> message) {
    String text = requireNonNull(message.body()).text();
    handled.add(text + " " + message.attempt());
    return text;
  }

  private List<ParkedMessage> parked(String queue) {
    return parked.list(queue, ParkedMessage.State.PARKED, 100, null);
  }

  @Test
  void theGoodMessagesOfABatchAreHandledOnceAndTheOthersAreParked() {
    deployWorker(
        app()
            .consumption(each -> each.once(processed).park(parked).listen(reports::add))
            .on(
                JOBS,
                message -> {
                  if (text(message).equals("poison")) {
                    throw new IllegalStateException("cannot be handled");
                  }
                }));
    W7s shop = shop();

    for (int i = 1; i <= 8; i++) {
      send(CallStyle.BLOCKING, shop, "good" + i);
    }
    send(CallStyle.BLOCKING, shop, "poison");
    shop.queues().send(WRONG_TYPE, 7);
    fixture().settle();

    assertThat(handled)
        .containsExactlyInAnyOrder(
            "good1 1",
            "good2 1",
            "good3 1",
            "good4 1",
            "good5 1",
            "good6 1",
            "good7 1",
            "good8 1",
            "poison 1",
            "poison 2",
            "poison 3",
            "poison 4");
    assertThat(parked("acme/worker/jobs"))
        .extracting(ParkedMessage::attempts)
        .containsExactlyInAnyOrder(1, 4);
    assertThat(reports)
        .allSatisfy(
            report ->
                assertThat(report.delivered())
                    .isEqualTo(
                        report.handled()
                            + report.skipped()
                            + report.parked()
                            + report.held()
                            + report.comingAgain()));
    assertThat(reports.get(reports.size() - 1).comingAgain()).isZero();
  }

  @Test
  void aMessageThatIsHeldBackComesAgainAsTheNextAttempt() {
    deployWorker(
        app()
            .consumption(each -> each.once(processed).park(parked).retry(queues))
            .on(
                JOBS,
                message -> {
                  text(message);
                  if (message.attempt() < 3) {
                    throw Retry.after(ofMinutes(message.attempt()));
                  }
                }));

    send(CallStyle.BLOCKING, shop(), "a");
    fixture().settle();

    assertThat(handled).containsExactly("a 1", "a 2", "a 3");
    assertThat(parked.count("acme/worker/jobs", ParkedMessage.State.HELD)).isZero();
  }

  @Test
  void aParkedMessageIsHandledOnceWhenItIsSentAgain() {
    var rejecting = new CopyOnWriteArrayList<>(List.of("a"));
    deployWorker(
        app()
            .consumption(each -> each.once(processed).park(parked))
            .on(
                JOBS,
                message -> {
                  if (rejecting.contains(text(message))) {
                    throw Reject.permanently("not now");
                  }
                }));
    send(CallStyle.BLOCKING, shop(), "a");
    fixture().settle();
    ParkedMessage aside = parked("acme/worker/jobs").get(0);
    rejecting.clear();

    parked.sendAgain(aside.queue(), aside.key(), queues);
    parked.sendAgain(aside.queue(), aside.key(), queues);
    fixture().settle();

    assertThat(handled).containsExactly("a 1", "a 2");
    assertThat(parked("acme/worker/jobs")).isEmpty();
  }

  @Test
  void eventsAreHandledOnceAndSetAsideLikeMessages() {
    deployWorker(
        app()
            .consumption(each -> each.once(processed).park(parked))
            .on(
                CREATED,
                "events",
                event -> {
                  String text = requireNonNull(event.data()).text();
                  handled.add(text);
                  if (text.equals("poison")) {
                    throw Reject.permanently("no such order");
                  }
                }));
    W7s shop = shop();

    publish(CallStyle.BLOCKING, shop, "good");
    publish(CallStyle.BLOCKING, shop, "poison");
    fixture().settle();

    assertThat(handled).containsExactlyInAnyOrder("good", "poison");
    assertThat(parked("acme/worker/events"))
        .extracting(ParkedMessage::reason)
        .containsExactly("no such order");
  }
}
