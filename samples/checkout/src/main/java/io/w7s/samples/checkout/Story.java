package io.w7s.samples.checkout;

import static io.w7s.samples.checkout.Shop.CHECKOUT;
import static io.w7s.samples.checkout.Shop.PAYMENT;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.samples.checkout.Shop.Cart;
import io.w7s.samples.checkout.Shop.Charge;
import io.w7s.samples.checkout.Shop.Payment;
import io.w7s.samples.checkout.Shop.Receipt;
import io.w7s.samples.checkout.Shop.Reservation;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRuns;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.step.RunDetails;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.store.workflow.JdbcStepLog;
import io.w7s.sdk.workflow.WorkflowHandle;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Checks out some carts, kills the shop in the middle of one, and tells what each run did. The shop
 * is a process of its own; stock, bank, shipping and the customers are in this one.
 */
final class Story implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final String jdbcUrl;
  private final Consumer<String> out;
  private final WorkflowRuns runs;
  private final LocalAppServer stock;
  private final LocalAppServer bank;
  private final LocalAppServer shipping;
  private final W7s w7s;
  private ShopProcess shop;

  private final List<String> reserved = new CopyOnWriteArrayList<>();
  private final List<String> released = new CopyOnWriteArrayList<>();
  private final List<String> shipped = new CopyOnWriteArrayList<>();
  private final Map<String, Receipt> charged = new ConcurrentHashMap<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final CountDownLatch hangs = new CountDownLatch(1);
  private final CountDownLatch killed = new CountDownLatch(1);

  private Story(String jdbcUrl, HikariDataSource database, Consumer<String> out)
      throws IOException {
    this.jdbcUrl = jdbcUrl;
    this.out = out;
    runs = WorkflowRuns.of(JdbcStepLog.of(database), CHECKOUT);
    stock = LocalAppServer.start(stock());
    bank = LocalAppServer.start(bank());
    shipping = LocalAppServer.start(shipping());
    shop = start(0);
    w7s =
        W7s.builder(W7sConfig.builder().app("acme/web").localApp("acme/shop", shop.url()).build())
            .build();
  }

  private ShopProcess start(int port) throws IOException {
    return ShopProcess.start(jdbcUrl, port, stock.url(), bank.url(), shipping.url());
  }

  /** Tells the story, and ends with 1 when it does not go as it should. */
  public static void main(String[] args) {
    try {
      tell(
          "jdbc:sqlite:checkout.db?journal_mode=WAL&busy_timeout=20000&transaction_mode=IMMEDIATE",
          System.out::println);
    } catch (Exception e) {
      System.err.println("run: " + e);
      System.exit(1);
    }
  }

  /** Tells the story with a database, line by line. */
  static void tell(String jdbcUrl, Consumer<String> out) throws Exception {
    try (HikariDataSource database = ShopProcess.open(jdbcUrl);
        var story = new Story(jdbcUrl, database, out)) {
      story.aCartIsPaidFor();
      story.aBankThatIsDownIsAskedAgain();
      story.aCardIsRefused();
      story.aShopIsKilledWhileItCharges();
      story.whatBecameOfAll();
    }
  }

  @Override
  public void close() {
    w7s.close();
    shop.close();
    shipping.close();
    bank.close();
    stock.close();
  }

  // ---- The other apps

  private W7sApp stock() {
    return W7sApp.builder(Shop.STOCK)
        .on(
            Shop.RESERVE,
            request -> {
              reserved.add(request.body().product());
              return new Reservation("shelf of " + request.body().product());
            })
        .on(
            Shop.RELEASE,
            request -> {
              released.add(request.body().shelf());
              return null;
            })
        .build();
  }

  private W7sApp bank() {
    return W7sApp.builder(Shop.BANK)
        .onReply(Shop.CHARGE, request -> charge(request.body()))
        .build();
  }

  private RpcReply<Receipt> charge(Charge charge) throws InterruptedException {
    if (charge.card().equals("stolen")) {
      return RpcReply.of(402, null);
    }
    if (charge.card().equals("of a bank that is down") && failures.getAndIncrement() < 2) {
      return RpcReply.of(503, null);
    }
    boolean first = !charged.containsKey(charge.id());
    Receipt receipt =
        charged.computeIfAbsent(charge.id(), id -> new Receipt("r-" + (charged.size() + 1)));
    if (charge.card().equals("slow") && first) {
      hangs.countDown();
      killed.await(); // the money is gone, and nobody gets the receipt
    }
    return RpcReply.of(200, receipt);
  }

  private W7sApp shipping() {
    return W7sApp.builder(Shop.SHIPPING)
        .on(Shop.PARCELS, message -> shipped.add(message.body().customer()))
        .build();
  }

  // ---- The chapters

  private void aCartIsPaidFor() throws Exception {
    WorkflowHandle<Receipt> ann = checkout("ann", "book");
    say("waits", "ann's checkout: %s".formatted(ann.progress().orElseThrow().status()));
    pay(ann, "good");
    say("bought", "ann has receipt %s".formatted(ann.await(LONGEST).number()));
    timeline(ann);
  }

  private void aBankThatIsDownIsAskedAgain() throws Exception {
    WorkflowHandle<Receipt> ben = checkout("ben", "lamp");
    pay(ben, "of a bank that is down");
    say("retried", "ben has receipt %s".formatted(ben.await(LONGEST).number()));
    timeline(ben);
  }

  private void aCardIsRefused() throws Exception {
    WorkflowHandle<Receipt> cid = checkout("cid", "ring");
    pay(cid, "stolen");
    try {
      cid.await(LONGEST);
      throw new IllegalStateException("a stolen card was taken");
    } catch (WorkflowFailedException failed) {
      say("refused", "cid gets nothing: %s; released: %s".formatted(error(cid), released));
    }
    timeline(cid);
  }

  /** It dies after the bank has charged the card, and before it knows. */
  private void aShopIsKilledWhileItCharges() throws Exception {
    WorkflowHandle<Receipt> dee = checkout("dee", "vase");
    pay(dee, "slow");
    if (!hangs.await(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("nobody charges dee's card");
    }
    long pid = shop.pid();
    int port = shop.url().getPort();
    shop.kill();
    killed.countDown();
    say("crash", "process %d was killed while it charged dee's card".formatted(pid));
    RunDetails dead = details(dee);
    say(
        "dead",
        "the log still says: %s, last step %s"
            .formatted(
                dead.info().state().name().toLowerCase(Locale.ROOT),
                dead.finishedSteps().get(dead.finishedSteps().size() - 1).name()));
    long started = System.nanoTime();
    shop = start(port);
    say(
        "recovery",
        "process %d went on, and dee has receipt %s, after %d ms"
            .formatted(
                shop.pid(),
                dee.await(LONGEST).number(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started)));
    timeline(dee);
  }

  private void whatBecameOfAll() throws InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (shipped.size() < 3 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    say(
        "sum",
        "%d reserved, %d released, %d charged, shipped to %s"
            .formatted(
                reserved.size(),
                released.size(),
                charged.size(),
                shipped.stream().sorted().toList()));
    if (reserved.size() != 4
        || released.size() != 1
        || charged.size() != 3
        || shipped.size() != 3) {
      throw new IllegalStateException("this is not how it should have ended");
    }
  }

  // ---- What the chapters use

  private WorkflowHandle<Receipt> checkout(String customer, String product) throws Exception {
    WorkflowHandle<Receipt> handle =
        w7s.workflows().start(CHECKOUT, new Cart(customer, product, 4_200));
    long end = System.nanoTime() + LONGEST.toNanos();
    while (handle.progress().isEmpty()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("the checkout of " + customer + " did not begin");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return handle;
  }

  private static void pay(WorkflowHandle<Receipt> checkout, String card) {
    checkout.signal(PAYMENT, new Payment(card));
  }

  private RunDetails details(WorkflowHandle<Receipt> checkout) {
    return runs.find(RunId.of(CHECKOUT, checkout.instanceId())).orElseThrow();
  }

  private String error(WorkflowHandle<Receipt> checkout) {
    return details(checkout).lastError().orElse("no error");
  }

  private void timeline(WorkflowHandle<Receipt> checkout) {
    RunDetails run = details(checkout);
    for (StepRecord step : run.steps()) {
      Duration since = Duration.between(run.info().startedAt(), step.at());
      say(
          "",
          String.format(
                  Locale.ROOT,
                  "%5.1f s  %-9s %-9s%s",
                  Math.max(0, since.toMillis()) / 1_000.0,
                  step.name(),
                  step.state().name().toLowerCase(Locale.ROOT),
                  step.attempts() > 1 ? " at attempt " + step.attempts() : "")
              .stripTrailing());
    }
  }

  private void say(String chapter, String text) {
    out.accept(String.format("%-10s %s", chapter, text));
  }
}
