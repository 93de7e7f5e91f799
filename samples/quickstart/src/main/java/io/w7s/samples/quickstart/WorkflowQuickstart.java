package io.w7s.samples.quickstart;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;

/** A workflow: a job that is started by name, runs on its own, and has a result. */
public final class WorkflowQuickstart {

  record Cart(String orderId, int cents) {}

  record Paid(String receipt) {}

  static final AppRef PAYMENTS = AppRef.of("acme/payments");
  static final WorkflowRef<Cart, Paid> CHECKOUT =
      PAYMENTS.workflow("checkout", Cart.class, Paid.class);

  private WorkflowQuickstart() {}

  /** The app that runs the workflow. A run that throws is tried again. */
  static final W7sApp PAYMENTS_APP =
      W7sApp.builder(PAYMENTS)
          .on(CHECKOUT, run -> new Paid("receipt for " + run.payload().orderId()))
          .build();

  /** Starts the workflow; the same id starts it once only. */
  static WorkflowHandle<Paid> checkout(W7s shop, Cart cart) {
    return shop.workflows().start(CHECKOUT, cart, start -> start.instanceId(cart.orderId()));
  }

  /** Runs both apps in this process, over HTTP. */
  public static void main(String[] args) {
    try (LocalAppServer server = LocalAppServer.start(PAYMENTS_APP);
        W7s shop =
            W7s.of(
                W7sConfig.builder()
                    .app("acme/shop")
                    .localApp("acme/payments", server.url())
                    .build())) {
      Paid paid = checkout(shop, new Cart("order-1", 4_200)).await(Duration.ofSeconds(30));
      System.out.println("workflow: " + paid.receipt());
    }
  }
}
