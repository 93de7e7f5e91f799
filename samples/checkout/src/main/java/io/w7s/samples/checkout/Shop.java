package io.w7s.samples.checkout;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowRef;

/** What the apps call each other by. */
interface Shop {

  record Cart(String customer, String product, int cents) {}

  record Reservation(String shelf) {}

  /** What the bank says when a customer has confirmed the payment. */
  record Payment(String card) {}

  /** The bank charges an id once, however often it is asked to. */
  record Charge(String id, String card, int cents) {}

  record Receipt(String number) {}

  record Parcel(String shelf, String customer) {}

  AppRef SHOP = AppRef.of("acme/shop");
  WorkflowRef<Cart, Receipt> CHECKOUT = SHOP.workflow("checkout", Cart.class, Receipt.class);
  RunEvent<Payment> PAYMENT = RunEvent.of("payment", Payment.class);

  AppRef STOCK = AppRef.of("acme/stock");
  RpcRef<Cart, Reservation> RESERVE = STOCK.post("/reserve", Cart.class, Reservation.class);
  RpcRef<Reservation, Void> RELEASE = STOCK.post("/release", Reservation.class, Void.class);

  AppRef BANK = AppRef.of("acme/bank");
  RpcRef<Charge, Receipt> CHARGE = BANK.post("/charge", Charge.class, Receipt.class);

  AppRef SHIPPING = AppRef.of("acme/shipping");
  QueueRef<Parcel> PARCELS = SHIPPING.queue("parcels", Parcel.class);
}
