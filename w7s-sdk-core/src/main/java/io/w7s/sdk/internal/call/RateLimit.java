package io.w7s.sdk.internal.call;

import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
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
    return operation.accept(eventsByRpc ? WITH_EVENTS_BY_RPC : WITH_EVENTS);
  }

  private static final Operation.Visitor<@Nullable RateLimit> WITH_EVENTS = kinds(EVENT_PUBLISH);
  private static final Operation.Visitor<@Nullable RateLimit> WITH_EVENTS_BY_RPC =
      kinds(RPC_DISPATCH);

  private static Operation.Visitor<@Nullable RateLimit> kinds(RateLimit ofEvents) {
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
        return ofEvents;
      }

      @Override
      public RateLimit workflowStart(WorkflowStart start) {
        return WORKFLOW_CREATE;
      }

      @Override
      public @Nullable RateLimit workflowQuery(WorkflowQuery query) {
        return null;
      }
    };
  }

  /** Returns the platform's name for it. */
  String word() {
    return word;
  }

  int limit() {
    return limit;
  }
}
