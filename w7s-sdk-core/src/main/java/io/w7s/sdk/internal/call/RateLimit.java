package io.w7s.sdk.internal.call;

import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import org.jspecify.annotations.Nullable;

/** The platform's limits on calls in a minute from one app. */
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

  /**
   * Returns the limit that an operation counts for; null for none.
   *
   * @param eventsByRpc whether an event is sent to a router app by RPC, and counts as one
   */
  static @Nullable RateLimit of(Operation<?> operation, boolean eventsByRpc) {
    return operation.accept(eventsByRpc ? WITH_EVENTS_BY_RPC : WITH_EVENTS);
  }

  private static final Operation.Visitor<@Nullable RateLimit> WITH_EVENTS = limits(EVENT_PUBLISH);
  private static final Operation.Visitor<@Nullable RateLimit> WITH_EVENTS_BY_RPC =
      limits(RPC_DISPATCH);

  private static Operation.Visitor<@Nullable RateLimit> limits(RateLimit eventLimit) {
    return new Operation.Visitor<>() {
      @Override
      public RateLimit rpc(RpcCall call) {
        return RPC_DISPATCH;
      }

      @Override
      public RateLimit queueSend(QueueSend send) {
        return QUEUE_SEND;
      }

      @Override
      public RateLimit eventPublish(EventPublish publish) {
        return eventLimit;
      }

      @Override
      public RateLimit workflowStart(WorkflowStart start) {
        return WORKFLOW_CREATE;
      }

      @Override
      @SuppressWarnings("NullAway") // it does not read that the type argument may be null
      public @Nullable RateLimit workflowQuery(WorkflowQuery query) {
        return null;
      }
    };
  }

  /** Returns the platform's name of the limit. */
  String word() {
    return word;
  }

  /** Returns how many calls a minute it allows. */
  int limit() {
    return limit;
  }
}
