package io.w7s.sdk.store.guide;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRunner;
import io.w7s.sdk.app.WorkflowRuns;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.error.RunNotFoundException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.step.Branch;
import io.w7s.sdk.step.BranchResults;
import io.w7s.sdk.step.ForkedRuns;
import io.w7s.sdk.step.RunDetails;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.workflow.JdbcStepLog;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.KillMatrix;
import io.w7s.sdk.testing.ReplayReport;
import io.w7s.sdk.testing.StepLogs;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.RunProgress;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/workflows.md shows code that compiles and runs, and no other. */
class WorkflowsGuideTest {

  record Cart(String order, int cents) {}

  record Reservation(String shelf) {}

  record Paid(String receipt) {}

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<Cart, Paid> CHECKOUT =
      SHOP.workflow("checkout", Cart.class, Paid.class);

  /** The parts of a shop that the guide does not show. */
  private static class Shop {
    final List<String> done = new ArrayList<>();

    Reservation reserve(Cart cart) {
      done.add("reserve " + cart.order());
      return new Reservation("A1");
    }

    void release(Reservation held) {
      done.add("release " + held.shelf());
    }

    void releaseAll(Cart cart) {
      done.add("release all of " + cart.order());
    }

    Paid charge(Cart cart) {
      if (cart.cents() > 1_000) {
        throw Reject.permanently("the card is refused");
      }
      done.add("charge " + cart.cents());
      return new Paid("receipt-" + cart.order());
    }
  }

  @Test
  void showsWhatIsCompiledAndNoOtherJava() throws IOException {
    Path code = Path.of("src/test/java/io/w7s/sdk/store/guide/WorkflowsGuideTest.java");

    assertThat(Guide.shown(Path.of("../docs/workflows.md")))
        .containsExactlyInAnyOrderElementsOf(Guide.compiled(code));
  }

  private static W7sApp checkout(StepLog log, Shop shop) {
    // [checkout]
    W7sApp app =
        W7sApp.builder(SHOP)
            .steps(log)
            .on(
                CHECKOUT,
                (run, steps) -> {
                  Cart cart = run.payload();
                  Reservation held =
                      steps.run("reserve", Reservation.class, () -> shop.reserve(cart));
                  steps.compensate("release", () -> shop.release(held));
                  steps.sleep("time to think", ofDays(2));
                  return steps.run(
                      "charge",
                      Paid.class,
                      options -> options.atMostOnce(),
                      () -> shop.charge(cart));
                })
            .build();
    // [checkout]
    return app;
  }

  private static WorkflowRunner service(DataSource dataSource, Shop shop) {
    // [service]
    StoreSchema.migrate(dataSource);
    W7sApp app = checkout(JdbcStepLog.of(dataSource), shop);
    WorkflowRunner runner = WorkflowRunner.start(app); // in each process of the app
    // [service]
    return runner;
  }

  @Test
  void aRunnerStartsOnADatabase() throws Exception {
    try (HikariDataSource sqlite = Databases.sqlite()) {
      service(sqlite, new Shop()).close();
    }
  }

  @Test
  void twoDaysPassInNoTime() {
    var shop = new Shop();
    // [test]
    InMemoryW7s w7s = InMemoryW7s.create();
    w7s.deploy(checkout(StepLog.inMemory(w7s.time()), shop));

    WorkflowHandle<Paid> checkout =
        w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 100));

    assertThat(checkout.await(ofDays(3))).isEqualTo(new Paid("receipt-o-1"));
    // [test]
    assertThat(shop.done).containsExactly("reserve o-1", "charge 100");
  }

  @Test
  void whatWasReservedIsReleasedWhenTheCardIsRefused() {
    var shop = new Shop();
    InMemoryW7s w7s = InMemoryW7s.create();
    w7s.deploy(checkout(StepLog.inMemory(w7s.time()), shop));
    WorkflowHandle<Paid> checkout =
        w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 5_000));

    assertThatThrownBy(() -> checkout.await(ofDays(3)))
        .isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("the card is refused");
    assertThat(shop.done).containsExactly("reserve o-1", "release A1");
  }

  @Test
  void noKillChargesTwice() {
    // [kills]
    KillMatrix.of(
            (w7s, log) -> {
              var shop = new Shop();
              w7s.deploy(checkout(log, shop));
              w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 100));
              w7s.advance(ofDays(4));
              assertThat(shop.done.stream().filter("charge 100"::equals)).hasSizeLessThan(2);
            })
        .run();
    // [kills]
  }

  record Payment(String id, String checkout, int cents) {}

  // [event]
  static final RunEvent<Payment> PAYMENT = RunEvent.of("payment", Payment.class);

  // [event]

  private static final SubjectRef<Payment> PAID = SubjectRef.of("payments.paid", Payment.class);

  private static W7sApp invoice(StepLog log) {
    return W7sApp.builder(SHOP)
        .steps(log)
        // [subject]
        .signal(CHECKOUT, PAYMENT, PAID, "payments", event -> event.data().checkout())
        // [subject]
        .on(
            CHECKOUT,
            (run, steps) -> {
              // [wait]
              Payment payment =
                  steps
                      .waitForEvent(PAYMENT, ofDays(2))
                      .orElseThrow(() -> Reject.permanently("not paid in time"));
              // [wait]
              return new Paid(payment.id());
            })
        .build();
  }

  private static void signal(W7s w7s, String checkout, Payment payment) {
    // [signal]
    w7s.workflows()
        .handle(CHECKOUT, checkout)
        .signal(PAYMENT, payment, signal -> signal.id(payment.id()));
    // [signal]
  }

  @Test
  void aPaymentEndsTheWaitWhicheverWayItComes() {
    InMemoryW7s w7s = InMemoryW7s.create();
    w7s.deploy(invoice(StepLog.inMemory(w7s.time())));
    W7s web = w7s.as("acme/web");
    WorkflowHandle<Paid> first = web.workflows().start(CHECKOUT, new Cart("o-1", 100));
    WorkflowHandle<Paid> second = web.workflows().start(CHECKOUT, new Cart("o-2", 100));

    signal(web, first.instanceId(), new Payment("p-1", first.instanceId(), 100));
    w7s.as("acme/bank").events().publish(PAID, new Payment("p-2", second.instanceId(), 100));

    assertThat(first.await(ofDays(1))).isEqualTo(new Paid("p-1"));
    assertThat(second.await(ofDays(1))).isEqualTo(new Paid("p-2"));
  }

  @Test
  void aCheckoutThatNobodyPaysFails() {
    InMemoryW7s w7s = InMemoryW7s.create();
    w7s.deploy(invoice(StepLog.inMemory(w7s.time())));
    WorkflowHandle<Paid> checkout =
        w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 100));

    assertThatThrownBy(() -> checkout.await(ofDays(3)))
        .isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("not paid in time");
  }

  private static W7sApp sideBySide(StepLog log, Shop shop) {
    return W7sApp.builder(SHOP)
        .steps(log)
        .on(
            CHECKOUT,
            (run, steps) -> {
              Cart cart = run.payload();
              // [branches]
              Branch<Reservation> stock =
                  Branch.of("stock", Reservation.class, () -> shop.reserve(cart))
                      .compensate("release", each -> shop.release(each));
              Branch<Paid> card = Branch.of("card", Paid.class, () -> shop.charge(cart));
              steps.status("reserving and charging", 0.5);
              BranchResults results = steps.all("prepare", stock, card);
              Reservation held = results.get(stock);
              // [branches]
              steps.sleep("until " + held.shelf() + " is free", ofDays(1));
              return results.get(card);
            })
        .build();
  }

  private static W7sApp cautious(StepLog log, Shop shop) {
    return W7sApp.builder(SHOP)
        .steps(log)
        .on(
            CHECKOUT,
            (run, steps) -> {
              Cart cart = run.payload();
              // [before]
              // undoes what is there, and does nothing where nothing is held
              steps.compensate("release", () -> shop.releaseAll(cart));
              Reservation held = steps.run("reserve", Reservation.class, () -> shop.reserve(cart));
              // [before]
              return new Paid(held.shelf());
            })
        .build();
  }

  @Test
  void aReservationWhoseResponseWasLostIsReleased() {
    InMemoryW7s w7s = InMemoryW7s.create();
    var shop =
        new Shop() {
          @Override
          Reservation reserve(Cart cart) {
            super.reserve(cart);
            throw Reject.permanently("no response");
          }
        };
    w7s.deploy(cautious(StepLog.inMemory(w7s.time()), shop));
    WorkflowHandle<Paid> checkout =
        w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 100));

    assertThatThrownBy(() -> checkout.await(ofDays(1))).hasMessageContaining("no response");
    assertThat(shop.done).containsExactly("reserve o-1", "release all of o-1");
  }

  private static W7sApp patient(StepLog log, Shop shop) {
    return W7sApp.builder(SHOP)
        .steps(log)
        .on(
            CHECKOUT,
            (run, steps) -> {
              Cart cart = run.payload();
              // [retries]
              RetryPolicy patient =
                  RetryPolicy.standard()
                      .maxAttempts(8)
                      .backoff(Backoff.exponential(ofSeconds(10), ofHours(1)));
              Paid paid =
                  steps.run(
                      "charge",
                      Paid.class,
                      options -> options.retry(patient).timeout(ofSeconds(30)),
                      () -> shop.charge(cart));
              // [retries]
              return paid;
            })
        .build();
  }

  @Test
  void aStepHasTheAttemptsThatItsOptionsSay() {
    InMemoryW7s w7s = InMemoryW7s.create();
    var shop =
        new Shop() {
          @Override
          Paid charge(Cart cart) {
            super.charge(cart);
            if (done.size() < 8) {
              throw new IllegalStateException("the bank is down");
            }
            return new Paid("at last");
          }
        };
    w7s.deploy(patient(StepLog.inMemory(w7s.time()), shop));

    assertThat(
            w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 100)).await(ofDays(1)))
        .isEqualTo(new Paid("at last"));
    assertThat(shop.done).hasSize(8);
  }

  private static final RpcRef<Cart, Paid> CHARGE =
      AppRef.of("acme/bank").post("/charge", Cart.class, Paid.class);
  private static final QueueRef<Paid> MAILS = AppRef.of("acme/bank").queue("mails", Paid.class);
  private static final SubjectRef<Paid> SOLD = SubjectRef.of("carts.sold", Paid.class);
  private static final WorkflowRef<Cart, String> SHIPPING =
      AppRef.of("acme/bank").workflow("shipping", Cart.class, String.class);

  private static W7sApp withClients(StepLog log, W7s w7s) {
    // [clients]
    W7sApp app =
        W7sApp.builder(SHOP)
            .publishes(SOLD)
            .steps(log, each -> each.w7s(w7s))
            .on(
                CHECKOUT,
                (run, steps) -> {
                  Paid paid = steps.call("charge", CHARGE, run.payload());
                  steps.send("mail", MAILS, paid);
                  steps.publish("tell", SOLD, paid);
                  steps.start("ship", SHIPPING, run.payload()); // returns its full id
                  return paid;
                })
            .build();
    // [clients]
    return app;
  }

  @Test
  void stepsCallSendPublishAndStart() {
    List<String> done = new ArrayList<>();
    InMemoryW7s w7s = InMemoryW7s.create();
    w7s.deploy(
        withClients(StepLog.inMemory(w7s.time()), w7s.as("acme/shop")),
        W7sApp.builder(AppRef.of("acme/bank"))
            .on(CHARGE, request -> new Paid("of " + request.body().order()))
            .on(MAILS, message -> done.add("mail " + message.body().receipt()))
            .on(SOLD, "events", event -> done.add("sold " + event.data().receipt()))
            .on(
                SHIPPING,
                run -> {
                  done.add("ship " + run.payload().order());
                  return "sent";
                })
            .build());

    Paid paid = w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 1)).await(ofDays(1));
    w7s.runUntilIdle();

    assertThat(paid).isEqualTo(new Paid("of o-1"));
    assertThat(done).containsExactlyInAnyOrder("mail of o-1", "sold of o-1", "ship o-1");
  }

  @Test
  void aRunIsFoundByItsFullId() {
    InMemoryW7s memory = InMemoryW7s.create();
    memory.deploy(invoice(StepLog.inMemory(memory.time())));
    W7s w7s = memory.as("acme/web");
    Cart cart = new Cart("o-1", 100);
    // [instance]
    WorkflowHandle<Paid> checkout =
        w7s.workflows().start(CHECKOUT, cart, start -> start.instanceId("o-1"));
    String id = checkout.instanceId(); // the full one: keep it
    WorkflowHandle<Paid> later = w7s.workflows().handle(CHECKOUT, id);
    // [instance]
    assertThatThrownBy(() -> signal(w7s, "o-1", new Payment("p-1", "o-1", 100)))
        .isInstanceOf(RunNotFoundException.class)
        .hasMessageContaining("handle.instanceId()");
    signal(w7s, id, new Payment("p-1", id, 100));
    assertThat(later.await(ofDays(1))).isEqualTo(new Paid("p-1"));
  }

  @Test
  void branchesAndStatus() {
    InMemoryW7s w7s = InMemoryW7s.create();
    var shop = new Shop();
    w7s.deploy(sideBySide(StepLog.inMemory(w7s.time()), shop));
    WorkflowHandle<Paid> checkout =
        w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 100));
    w7s.advance(ofHours(1));

    // [progress]
    Optional<RunProgress> progress = checkout.progress();
    // [progress]
    assertThat(progress.orElseThrow().status()).isEqualTo("reserving and charging");
    assertThat(progress.orElseThrow().done()).hasValue(0.5);
    assertThat(checkout.await(ofDays(2))).isEqualTo(new Paid("receipt-o-1"));
    assertThat(shop.done).containsExactly("reserve o-1", "charge 100");
  }

  @Test
  void whatHasFailedIsFoundAndTriedAgain() {
    var shop = new Shop();
    InMemoryW7s w7s = InMemoryW7s.create();
    W7sApp app = checkout(StepLog.inMemory(w7s.time()), shop);
    w7s.deploy(app);
    WorkflowHandle<Paid> checkout =
        w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 100));
    w7s.runUntilIdle();
    // [runs]
    WorkflowRuns runs = app.runs(); // or WorkflowRuns.of(log, CHECKOUT) in another process
    RunQuery failed = RunQuery.all().state(RunStatus.State.FAILED).startedFrom(yesterday());
    for (RunInfo run : runs.list(failed)) {
      System.out.println(run.id() + ": " + runs.find(run.id()).flatMap(RunDetails::lastError));
    }
    ForkedRuns again = runs.forkFromFailure(failed, "after-the-outage");
    runs.deleteEnded(ofDays(90));
    // [runs]
    assertThat(again.forked()).isEmpty();
    assertThat(runs.list(RunQuery.all()))
        .extracting(RunInfo::id)
        .containsExactly(RunId.of(CHECKOUT, checkout.instanceId()));
  }

  private static Instant yesterday() {
    return InMemoryW7s.DEFAULT_START;
  }

  private static final WorkflowRef<Integer, String> SUBSCRIPTION =
      SHOP.workflow("subscription", Integer.class, String.class);

  @Test
  void largeValuesGoToAStore() {
    BlobStore blobs = BlobStore.inMemory();
    InMemoryW7s w7s = InMemoryW7s.create();
    StepLog log = StepLog.inMemory(w7s.time());
    w7s.deploy(
        W7sApp.builder(SHOP)
            // [large]
            .steps(log, settings -> settings.blobs(blobs))
            // [large]
            .on(
                SUBSCRIPTION,
                (run, steps) -> steps.run("report", String.class, () -> "x".repeat(100_000)))
            .build());

    assertThat(w7s.as("acme/web").workflows().start(SUBSCRIPTION, 1).await(ofHours(1)))
        .hasSize(100_000);
  }

  private static void export(W7sApp app, Path path) throws IOException {
    // [export]
    try (Writer file = Files.newBufferedWriter(path)) {
      app.runs().export(RunQuery.all().startedFrom(yesterday()), file);
    }
    // [export]
  }

  private static ReplayReport replay(DataSource dataSource, Shop shop) {
    // [replay-database]
    ReplayReport report =
        StepLogs.replay(JdbcStepLog.of(dataSource), RunQuery.all(), log -> checkout(log, shop));
    // [replay-database]
    return report;
  }

  @Test
  void theCodeGoesOnWithRecordedRuns() {
    var shop = new Shop();
    // [replay]
    StepLogs.replay(Path.of("src/test/resources/checkouts.jsonl"), log -> checkout(log, shop))
        .assertNoDifferences();
    // [replay]
    assertThat(shop.done).isEmpty();
  }

  @Test
  void theRecordedRunsAreThoseOfADatabase(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("checkouts.jsonl");
    try (HikariDataSource sqlite = Databases.sqlite()) {
      StoreSchema.migrate(sqlite);
      InMemoryW7s w7s = InMemoryW7s.create();
      W7sApp app = checkout(JdbcStepLog.of(sqlite, w7s.time()), new Shop());
      w7s.deploy(app);
      w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-1", 100));
      w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-2", 5_000));
      w7s.advance(ofDays(3));
      w7s.as("acme/web").workflows().start(CHECKOUT, new Cart("o-3", 100));
      w7s.advance(ofHours(1));

      export(app, file);

      ReplayReport report = replay(sqlite, new Shop());
      assertThat(report.assertNoDifferences())
          .asString()
          .contains("2 ended as recorded, 1 came to the end of what was recorded");
    }
    assertThat(Files.readAllLines(file))
        .hasSameSizeAs(Files.readAllLines(Path.of("src/test/resources/checkouts.jsonl")));
  }

  private static final RunEvent<Boolean> CANCELLED = RunEvent.of("cancelled", Boolean.class);

  @Test
  void aSubscriptionIsRenewedUntilItIsCancelled() {
    InMemoryW7s w7s = InMemoryW7s.create();
    w7s.deploy(
        W7sApp.builder(SHOP)
            .steps(StepLog.inMemory(w7s.time()))
            .on(
                SUBSCRIPTION,
                (run, steps) -> {
                  int month = run.payload();
                  // [continue]
                  if (steps.waitForEvent(CANCELLED, ofDays(30)).isPresent()) {
                    return "cancelled in month " + month;
                  }
                  return steps.continueAs(SUBSCRIPTION, month + 1);
                  // [continue]
                })
            .build());
    WorkflowHandle<String> handle = w7s.as("acme/web").workflows().start(SUBSCRIPTION, 1);
    w7s.advance(ofDays(365));

    handle.signal(CANCELLED, true);

    assertThat(handle.await(ofDays(1))).isEqualTo("cancelled in month 13");
  }
}
