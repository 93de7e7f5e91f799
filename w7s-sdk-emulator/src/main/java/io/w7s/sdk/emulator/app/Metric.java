package io.w7s.sdk.emulator.app;

/** What the platform counts and limits, with its default limits. */
public enum Metric {
  /** Requests from app to app; counted for the caller. */
  RPC_DISPATCH("rpc.dispatch", 10_000, 120, 600, 5_000),
  /** Messages sent to queues; counted for the sender. */
  QUEUE_SEND("queue.send", 10_000, 120, 600, 5_000),
  /** Messages delivered from queues; counted for the receiver. */
  QUEUE_DELIVERY("queue.delivery", 10_000, 300, 1_500, 10_000),
  /** Runs of schedules; counted for the app that runs them. */
  SCHEDULE_DELIVERY("schedule.delivery", 2_000, 120, 600, 5_000),
  /** Starts of workflow executions; counted for the app that starts them. */
  WORKFLOW_CREATE("workflow.create", 1_000, 60, 300, 2_000),
  /** Attempts to run a workflow execution; counted for the app that runs it. */
  WORKFLOW_DELIVERY("workflow.delivery", 1_000, 120, 600, 5_000),
  /** Events published; counted for the publisher. */
  EVENT_PUBLISH("event.publish", 10_000, 120, 600, 5_000),
  /** Events put on a subscriber's queue; counted for the publisher. */
  EVENT_DELIVERY("event.delivery", 10_000, 300, 1_500, 10_000);

  private final String word;
  private final long daily;
  private final long repoBurst;
  private final long ownerBurst;
  private final long globalBurst;

  Metric(String word, long daily, long repoBurst, long ownerBurst, long globalBurst) {
    this.word = word;
    this.daily = daily;
    this.repoBurst = repoBurst;
    this.ownerBurst = ownerBurst;
    this.globalBurst = globalBurst;
  }

  /** The repositories whose units are added up, always within one environment. */
  public enum Scope {
    /** One repository. */
    REPO(1),
    /** All repositories of an owner; daily limits are ten times a repository's. */
    OWNER(10),
    /** All repositories; daily limits are a hundred times a repository's. */
    GLOBAL(100);

    private final long dailyFactor;

    Scope(long dailyFactor) {
      this.dailyFactor = dailyFactor;
    }
  }

  /** Returns the name that the platform uses for the metric, such as {@code queue.send}. */
  public String word() {
    return word;
  }

  long platformDaily(Scope scope) {
    return daily * scope.dailyFactor;
  }

  long platformBurst(Scope scope) {
    return switch (scope) {
      case REPO -> repoBurst;
      case OWNER -> ownerBurst;
      case GLOBAL -> globalBurst;
    };
  }
}
