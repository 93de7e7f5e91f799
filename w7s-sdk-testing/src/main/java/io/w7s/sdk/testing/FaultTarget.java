package io.w7s.sdk.testing;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.spi.Operation;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The kind and the target of a call or a delivery. A fault has the same, so that it can match both.
 *
 * @param kind null for all kinds
 * @param target {@code owner/repo}, followed by a path or name, or a subject; empty for all targets
 */
record FaultTarget(@Nullable Kind kind, String target) {

  static final FaultTarget ALL = new FaultTarget(null, "");

  private static final Operation.Visitor<Kind> KIND =
      new Operation.Visitor<>() {
        @Override
        public Kind rpc(Operation.RpcCall call) {
          return Kind.RPC;
        }

        @Override
        public Kind queueSend(Operation.QueueSend send) {
          return Kind.QUEUE;
        }

        @Override
        public Kind eventPublish(Operation.EventPublish publish) {
          return Kind.EVENT;
        }

        @Override
        public Kind workflowStart(Operation.WorkflowStart start) {
          return Kind.WORKFLOW;
        }

        @Override
        public Kind workflowQuery(Operation.WorkflowQuery query) {
          return Kind.WORKFLOW;
        }
      };

  enum Kind {
    RPC,
    QUEUE,
    EVENT,
    WORKFLOW,
    SCHEDULE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static FaultTarget of(Operation<?> operation) {
    return new FaultTarget(operation.accept(KIND), operation.target());
  }

  static FaultTarget of(QueueId queue) {
    return new FaultTarget(Kind.QUEUE, queue.app() + "/" + queue.name());
  }

  /** Returns the target of a request to a backend, according to the platform's headers. */
  static FaultTarget of(AppId app, AppRequest request) {
    Headers headers = request.headers();
    if (headers.has("x-w7s-rpc")) {
      return new FaultTarget(Kind.RPC, app + request.path());
    }
    if (headers.has("x-w7s-schedule")) {
      return new FaultTarget(Kind.SCHEDULE, app + request.path());
    }
    return headers
        .first("x-w7s-queue")
        .map(queue -> new FaultTarget(Kind.QUEUE, app + "/" + queue))
        .orElseGet(
            () ->
                new FaultTarget(
                    Kind.WORKFLOW, app + "/" + headers.first("x-w7s-workflow-name").orElse("")));
  }

  /** Returns whether this target equals or contains the other. */
  boolean covers(FaultTarget other) {
    return (kind == null || kind == other.kind)
        && (target.isEmpty()
            || other.target.equals(target)
            || other.target.startsWith(target + "/"));
  }

  @Override
  public String toString() {
    String what = kind == null ? "all" : kind.toString();
    return target.isEmpty() ? what : what + " " + target;
  }
}
