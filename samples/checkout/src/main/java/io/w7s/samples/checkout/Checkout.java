package io.w7s.samples.checkout;

import static io.w7s.samples.checkout.Shop.CHARGE;
import static io.w7s.samples.checkout.Shop.CHECKOUT;
import static io.w7s.samples.checkout.Shop.PARCELS;
import static io.w7s.samples.checkout.Shop.PAYMENT;
import static io.w7s.samples.checkout.Shop.RELEASE;
import static io.w7s.samples.checkout.Shop.RESERVE;
import static io.w7s.samples.checkout.Shop.SHOP;

import io.w7s.samples.checkout.Shop.Cart;
import io.w7s.samples.checkout.Shop.Charge;
import io.w7s.samples.checkout.Shop.Parcel;
import io.w7s.samples.checkout.Shop.Payment;
import io.w7s.samples.checkout.Shop.Receipt;
import io.w7s.samples.checkout.Shop.Reservation;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.workflow.WorkflowRun;
import java.time.Duration;

/**
 * The shop: a cart is reserved, paid for, charged and handed to shipping, or all of it is undone.
 */
final class Checkout {

  private static final Duration TIME_TO_PAY = Duration.ofDays(2);
  private static final RetryPolicy PATIENT =
      RetryPolicy.standard()
          .maxAttempts(5)
          .backoff(Backoff.exponential(Duration.ofMillis(200), Duration.ofSeconds(2)));

  private final W7s w7s;

  private Checkout(W7s w7s) {
    this.w7s = w7s;
  }

  /**
   * Returns the app.
   *
   * @param lease for how long a run that its process has left is not taken up
   */
  static W7sApp app(StepLog log, W7s w7s, Duration lease) {
    return W7sApp.builder(SHOP)
        .steps(log, steps -> steps.lease(lease).w7s(w7s))
        .on(CHECKOUT, new Checkout(w7s)::run)
        .build();
  }

  private Receipt run(WorkflowRun<Cart> run, Steps steps) {
    Cart cart = run.payload();
    Reservation held = steps.call("reserve", RESERVE, cart);
    steps.compensate("release", () -> w7s.rpc().call(RELEASE, held));
    steps.status("waiting for the payment", 0.3);
    Payment payment =
        steps
            .waitForEvent(PAYMENT, TIME_TO_PAY)
            .orElseThrow(() -> Reject.permanently("not paid in time"));
    steps.status("charging the card", 0.6);
    Receipt receipt =
        steps.run(
            "charge",
            Receipt.class,
            options -> options.retry(PATIENT),
            () -> charge(new Charge(run.instanceId(), payment.card(), cart.cents())));
    steps.send("ship", PARCELS, new Parcel(held.shelf(), cart.customer()));
    return receipt;
  }

  /** A card that the bank refuses ends the run; anything else is tried again. */
  private Receipt charge(Charge charge) {
    try {
      return w7s.rpc().call(CHARGE, charge, call -> call.retry(RetryPolicy.none()));
    } catch (RpcFailedException refused) {
      if (refused.status() == 402) {
        throw Reject.permanently("the bank refuses card " + charge.card());
      }
      throw refused;
    }
  }
}
