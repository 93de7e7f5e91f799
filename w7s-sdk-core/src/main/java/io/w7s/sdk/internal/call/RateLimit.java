package io.w7s.sdk.internal.call;

import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import org.jspecify.annotations.Nullable;

/** What the platform limits by the minute, and how many it takes from one app. */
enum RateLimit {
  RPC_DISPATCH("rpc.dispatch", 120),
  QUEUE_SEND("queue.send", 120),
  EVENT_PUBLISH("event.publish", 120),
  WORKFLOW_CREATE("workflow.create", 60);

  private final String word;
  private final int limit;

  RateLimit(String word, int limit) {
    this.word = word;
    this.limit = limit;
  }

  /** Returns the kind of an operation; null for one without a limit. */
  static @Nullable RateLimit of(Operation<?> operation, boolean eventsByRpc) {
    if (operation instanceof RpcCall) {
      return RPC_DISPATCH;
    }
    if (operation instanceof QueueSend) {
      return QUEUE_SEND;
    }
    if (operation instanceof EventPublish) {
      return eventsByRpc ? RPC_DISPATCH : EVENT_PUBLISH;
    }
    return operation instanceof WorkflowStart ? WORKFLOW_CREATE : null;
  }

  /** Returns the platform's name for it. */
  String word() {
    return word;
  }

  int limit() {
    return limit;
  }
}
