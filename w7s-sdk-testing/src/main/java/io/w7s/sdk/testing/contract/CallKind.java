package io.w7s.sdk.testing.contract;

import io.w7s.sdk.W7s;
import io.w7s.sdk.emulator.app.Metric;

/** One call of each kind, for tests of rules that apply to all kinds. */
enum CallKind {
  RPC(Metric.RPC_DISPATCH) {
    @Override
    Object make(CallStyle style, W7s w7s) {
      return ContractTests.echo(style, w7s, "a");
    }
  },
  QUEUE(Metric.QUEUE_SEND) {
    @Override
    Object make(CallStyle style, W7s w7s) {
      return ContractTests.send(style, w7s, "a");
    }
  },
  EVENT(Metric.EVENT_PUBLISH) {
    @Override
    Object make(CallStyle style, W7s w7s) {
      return ContractTests.publish(style, w7s, "a");
    }
  },
  WORKFLOW(Metric.WORKFLOW_CREATE) {
    @Override
    Object make(CallStyle style, W7s w7s) {
      return ContractTests.start(style, w7s, "a", "a");
    }
  };

  private final Metric metric;

  CallKind(Metric metric) {
    this.metric = metric;
  }

  /** Returns the metric that counts these calls. */
  Metric metric() {
    return metric;
  }

  abstract Object make(CallStyle style, W7s w7s);
}
