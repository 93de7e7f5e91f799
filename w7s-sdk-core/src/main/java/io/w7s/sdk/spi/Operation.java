package io.w7s.sdk.spi;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A validated and encoded call, which a transport carries out. Immutable. Byte arrays are handed
 * over, not copied, and must not be changed afterwards.
 *
 * @param <R> the result
 */
public sealed interface Operation<R> {

  /** Returns the name of the operation, for example {@code queue send}. */
  String name();

  /** Returns the target of the operation, for example {@code acme/worker/jobs}. */
  String target();

  /** Returns whether a retry is harmless when an earlier attempt may have been delivered. */
  boolean repeatable();

  /** Returns the class of the result. */
  Class<R> resultType();

  /** Calls the visitor's method for this kind of operation and returns what it returns. */
  <T> T accept(Visitor<T> visitor);

  /**
   * Has a method for each kind of operation. A kind that is added later is a compile error in every
   * visitor.
   *
   * @param <T> the result of the methods
   */
  interface Visitor<T> {

    /** Visits a request to a route of an app. */
    T rpc(RpcCall call);

    /** Visits a message for a queue. */
    T queueSend(QueueSend send);

    /** Visits an event. */
    T eventPublish(EventPublish publish);

    /** Visits the start of a workflow. */
    T workflowStart(WorkflowStart start);

    /** Visits a query for the status of a workflow instance. */
    T workflowQuery(WorkflowQuery query);
  }

  /**
   * A request to a route of an app.
   *
   * @param app the target
   * @param method the HTTP method, in upper case
   * @param route the path template that the path was made from, for example {@code
   *     /orders/{orderId}}
   * @param path the path, percent-encoded, with its leading slash
   * @param query the query without its question mark, percent-encoded; empty for none
   * @param headers the caller's headers, with the content type of the body
   * @param body the body, JSON or not; null for none. A transport opens it once in each attempt,
   *     and closes what it opened
   * @param repeatable whether a retry is harmless
   */
  record RpcCall(
      AppId app,
      String method,
      String route,
      String path,
      String query,
      Headers headers,
      @Nullable RawBody body,
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
      return OutgoingCall.Kind.RPC.label() + " " + method;
    }

    @Override
    public String target() {
      return app + path;
    }

    /** Returns method and target, but neither query nor body, because they may be secret. */
    @Override
    public String toString() {
      return name() + " to " + target();
    }
  }

  /**
   * The response of the target of an {@link RpcCall}, whatever its status.
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

    /** Returns this response as a stream. */
    public RpcStream asStream() {
      return new RpcStream(status, headers, new ByteArrayInputStream(body));
    }
  }

  /**
   * A message for a queue.
   *
   * @param app the app that declares the queue
   * @param queue the queue's name
   * @param consumer the path of its consumer, for transports that deliver without a platform
   * @param body the message body, JSON of at most 65,536 bytes
   * @param delay how long the platform holds the message back: whole seconds, up to a day
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
      return OutgoingCall.Kind.QUEUE_SEND.label();
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
   * @param id the event id, 1 to 255 characters; the same id of the same app is the same event
   * @param subject the subject
   * @param time when it happened
   * @param data the event's data, one JSON value in UTF-8
   * @param traceParent the W3C trace that the event belongs to; null for none
   * @param repeatable whether the caller gave the id or allowed duplicates
   * @param cloudEvent whether subscribers get the event as a CloudEvent
   * @param redeliverTo the queue, as {@code owner/repo/name}, of the only subscriber that gets the
   *     event, whether it has the event or not; null for all subscribers that do not have it
   */
  record EventPublish(
      AppId source,
      String id,
      String subject,
      Instant time,
      byte[] data,
      @Nullable String traceParent,
      boolean repeatable,
      boolean cloudEvent,
      @Nullable String redeliverTo)
      implements Operation<PublishReceipt> {

    /**
     * Checks id and subject.
     *
     * @throws io.w7s.sdk.error.InvalidInputException when one of them is not valid
     */
    public EventPublish {
      Names.eventId("event id", id);
      Names.subject("subject", subject);
    }

    /** Returns a plain, repeatable event without a trace. */
    public static EventPublish of(
        AppId source, String id, String subject, Instant time, byte[] data) {
      return new EventPublish(source, id, subject, time, data, null, true, false, null);
    }

    /** Returns this event of another app. */
    public EventPublish from(AppId source) {
      return source.equals(this.source)
          ? this
          : new EventPublish(
              source, id, subject, time, data, traceParent, repeatable, cloudEvent, redeliverTo);
    }

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
      return OutgoingCall.Kind.EVENT_PUBLISH.label();
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
   * @param path the path of its handler, for transports that deliver without a platform
   * @param instanceId the caller's id for the instance; null to have the platform make one
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
      return OutgoingCall.Kind.WORKFLOW_START.label();
    }

    @Override
    public String target() {
      return app + "/" + workflow;
    }
  }

  /**
   * A query for the status of a workflow instance.
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
      return OutgoingCall.Kind.WORKFLOW_STATUS.label();
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
