package io.w7s.sdk.spi;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to a transport: validated, encoded, immutable. Byte arrays are handed over,
 * not copied: nobody changes them afterwards.
 *
 * @param <R> what it results in
 */
public sealed interface Operation<R> {

  /** Returns what is asked, in words: {@code queue send}. */
  String name();

  /** Returns of whom it is asked, in words: {@code acme/worker/jobs}. */
  String target();

  /**
   * Returns whether a repetition is harmless, even when the first attempt may have been delivered.
   */
  boolean repeatable();

  /** Returns the class of the result. */
  Class<R> resultType();

  /** Calls the visitor's method for this kind of operation and returns what it returns. */
  <T> T accept(Visitor<T> visitor);

  /**
   * Does one thing for each kind of operation. A kind that is added later is a compile error in
   * every visitor.
   *
   * @param <T> what its methods return
   */
  interface Visitor<T> {

    /** Visits a request to an app's own HTTP route. */
    T rpc(RpcCall call);

    /** Visits a message for a queue. */
    T queueSend(QueueSend send);

    /** Visits an event. */
    T eventPublish(EventPublish publish);

    /** Visits the start of a workflow. */
    T workflowStart(WorkflowStart start);

    /** Visits a question for the status of a workflow instance. */
    T workflowQuery(WorkflowQuery query);
  }

  /**
   * A request to an app's own HTTP route.
   *
   * @param app the target
   * @param method the HTTP method, in upper case
   * @param route the path template that the path was made from, for example {@code
   *     /orders/{orderId}}; of few values, so fit for a metric's tag
   * @param path the path, percent-encoded, with its leading slash
   * @param query the query without its question mark, percent-encoded; empty for none
   * @param headers the caller's headers
   * @param body the body; null for none
   * @param repeatable whether a repetition is harmless
   */
  record RpcCall(
      AppId app,
      String method,
      String route,
      String path,
      String query,
      Headers headers,
      byte @Nullable [] body,
      boolean repeatable)
      implements Operation<RawResponse> {

    @Override
    public Class<RawResponse> resultType() {
      return RawResponse.class;
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.rpc(this);
    }

    @Override
    public String name() {
      return "RPC " + method;
    }

    @Override
    public String target() {
      return app + path;
    }

    /** Returns method and target; not the query and the body, for they may be secret. */
    @Override
    public String toString() {
      return name() + " to " + target();
    }
  }

  /**
   * The target's own answer to an {@link RpcCall}, whatever its status.
   *
   * @param status the HTTP status
   * @param headers the target's headers
   * @param body the target's body; empty for none
   */
  record RawResponse(int status, Headers headers, byte[] body) {

    /** Returns whether the status is 2xx. */
    public boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    /** Returns this answer for somebody who reads the body as it comes. */
    public RpcStream asStream() {
      return new RpcStream(status, headers, new ByteArrayInputStream(body));
    }
  }

  /**
   * A message for a queue.
   *
   * @param app the app that declares the queue
   * @param queue the queue's name
   * @param consumer the path that consumes it, for transports that deliver without a platform
   * @param body the message body, JSON of at most 65,536 bytes
   * @param delay how long the platform holds it back, whole seconds up to a day
   * @param repeatable whether the caller allowed duplicates
   */
  record QueueSend(
      AppId app, String queue, String consumer, byte[] body, Duration delay, boolean repeatable)
      implements Operation<SendReceipt> {

    @Override
    public Class<SendReceipt> resultType() {
      return SendReceipt.class;
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.queueSend(this);
    }

    @Override
    public String name() {
      return "queue send";
    }

    @Override
    public String target() {
      return app + "/" + queue;
    }
  }

  /**
   * An event for all subscribers of its subject.
   *
   * @param source the publishing app
   * @param id the event id; the same id is the same event
   * @param subject the subject
   * @param time when it happened
   * @param data the event's data, JSON
   * @param traceParent the W3C trace that the event belongs to; null for none
   * @param repeatable whether the caller gave the id or allowed duplicates
   * @param cloudEvent whether subscribers are to get it in the form of a CloudEvent
   */
  record EventPublish(
      AppId source,
      String id,
      String subject,
      Instant time,
      byte[] data,
      @Nullable String traceParent,
      boolean repeatable,
      boolean cloudEvent)
      implements Operation<PublishReceipt> {

    @Override
    public Class<PublishReceipt> resultType() {
      return PublishReceipt.class;
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.eventPublish(this);
    }

    @Override
    public String name() {
      return "event publish";
    }

    @Override
    public String target() {
      return subject;
    }
  }

  /**
   * The start of a workflow instance.
   *
   * @param app the app that declares the workflow
   * @param workflow the workflow's name
   * @param path the path that runs it, for transports that deliver without a platform
   * @param instanceId the caller's id for the instance; null lets the platform make one
   * @param payload the input, JSON of at most 65,536 bytes
   * @param repeatable whether the caller gave an id or allowed duplicates
   */
  record WorkflowStart(
      AppId app,
      String workflow,
      String path,
      @Nullable String instanceId,
      byte[] payload,
      boolean repeatable)
      implements Operation<WorkflowInstance> {

    @Override
    public Class<WorkflowInstance> resultType() {
      return WorkflowInstance.class;
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.workflowStart(this);
    }

    @Override
    public String name() {
      return "workflow start";
    }

    @Override
    public String target() {
      return app + "/" + workflow;
    }
  }

  /**
   * The question how a workflow instance is doing.
   *
   * @param app the app that declares the workflow
   * @param workflow the workflow's name
   * @param instanceId the full instance id
   */
  record WorkflowQuery(AppId app, String workflow, String instanceId)
      implements Operation<WorkflowInstance> {

    @Override
    public Class<WorkflowInstance> resultType() {
      return WorkflowInstance.class;
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.workflowQuery(this);
    }

    @Override
    public String name() {
      return "workflow status";
    }

    @Override
    public String target() {
      return app + "/" + workflow + "/" + instanceId;
    }

    @Override
    public boolean repeatable() {
      return true;
    }
  }
}
