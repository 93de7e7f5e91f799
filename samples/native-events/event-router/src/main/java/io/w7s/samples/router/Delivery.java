package io.w7s.samples.router;

import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;

/** What became of an event on its way to one subscriber. */
record Delivery(
    String repository, String queue, String target, boolean ok, int status, Object response) {

  static Delivery taken(QueueRef<?> queue, String target, SendReceipt receipt) {
    return of(queue, target, true, 200, receipt);
  }

  static Delivery failed(QueueRef<?> queue, String target, Throwable failure) {
    int status = failure instanceof StatusException refused ? refused.status() : 502;
    return of(queue, target, false, status, new Refusal(false, failure.getMessage()));
  }

  private static Delivery of(
      QueueRef<?> queue, String target, boolean ok, int status, Object response) {
    return new Delivery(queue.app().toString(), queue.name(), target, ok, status, response);
  }
}
