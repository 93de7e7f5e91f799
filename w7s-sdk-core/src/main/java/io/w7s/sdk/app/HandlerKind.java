package io.w7s.sdk.app;

/** What a handler handles. */
public enum HandlerKind {
  /** The messages of a queue, one by one or in batches. */
  QUEUE,
  /** The events that arrive on a queue. */
  EVENT,
  /** The instances of a workflow. */
  WORKFLOW,
  /** The runs of a schedule. */
  SCHEDULE,
  /** The requests to a route, by RPC or from outside the platform. */
  RPC
}
