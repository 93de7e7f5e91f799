package io.w7s.sdk.spi;

import java.util.Optional;

/**
 * A call as an interceptor sees it before it is sent. The body is not part of it, because it may be
 * secret. What an interceptor adds is the same for all attempts.
 *
 * <p>The setters work until {@link CallInterceptor#intercept} has returned; after that they throw
 * an {@link IllegalStateException}. The rest can be read as long as the call is observed.
 */
public interface OutgoingCall {

  /** The kinds of calls. More may be added. */
  enum Kind {
    /** A request to a route of another app. */
    RPC("RPC"),
    /** A message for a queue. */
    QUEUE_SEND("queue send"),
    /** An event for all subscribers of its subject. */
    EVENT_PUBLISH("event publish"),
    /** The start of a workflow instance. */
    WORKFLOW_START("workflow start"),
    /** A query for the status of a workflow instance. */
    WORKFLOW_STATUS("workflow status");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** Returns the kind in words, for example {@code queue send}. */
    public String label() {
      return label;
    }
  }

  /** Returns the kind of the call. */
  Kind kind();

  /**
   * Returns the name of the operation, as exceptions show it: {@code RPC GET}, {@code queue send}.
   * There are few of them, so it can be the tag of a metric.
   */
  String name();

  /**
   * Returns what is called, as exceptions show it: {@code acme/shop/orders/42}, {@code
   * acme/worker/jobs}, the subject of an event. It may hold ids, so it has any number of values.
   */
  String target();

  /**
   * Returns what is called without the ids in it: {@code acme/shop/orders/{orderId}}. There is one
   * for each route, queue, subject and workflow, so it can be the tag of a metric.
   */
  String targetTemplate();

  /** Returns the W3C trace that the caller has set for the call; empty when it has set none. */
  Optional<String> traceParent();

  /**
   * Sets the W3C trace that the call belongs to, in the form that its receiver reads: a header of
   * an RPC, a field of an event, an extension attribute of a message that is sent as a CloudEvent.
   * A trace that was set before is replaced.
   *
   * @param traceParent a W3C trace parent, for example {@code
   *     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}
   * @return whether the call can carry a trace; false for a plain queue message and for workflows
   * @throws io.w7s.sdk.error.InvalidInputException when the value is not one
   */
  boolean traceParent(String traceParent);

  /**
   * Sets a header of an RPC. A value that was set before is replaced.
   *
   * @return whether the call has headers; false for everything but an RPC
   * @throws io.w7s.sdk.error.InvalidInputException when the name or the value is not valid in HTTP,
   *     or the header belongs to the platform or the connection
   */
  boolean header(String name, String value);
}
