package io.w7s.sdk.spring.test.shop;

import io.w7s.sdk.spring.QueueHandler;

/** Declares a handler, so that no annotation is on the class of the bean. */
public interface OrderQueue {

  /** Handles an order. */
  @QueueHandler("orders")
  void place(Order order);
}
