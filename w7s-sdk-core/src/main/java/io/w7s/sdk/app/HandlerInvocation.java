package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.text.TraceParent;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One call of a handler, as a {@link HandlerInterceptor} sees it. For a queue and for events that
 * is one message, for a {@link io.w7s.sdk.queue.BatchHandler} the batch, otherwise the workflow
 * run, the scheduled run or the request. Valid during the call of the interceptor, in its thread.
 */
public final class HandlerInvocation {

  private final AppId app;
  private final HandlerKind kind;
  private final String name;
  private final Object input;
  private final Headers headers;
  private final List<HandlerInterceptor> interceptors;
  private final Callable<?> handler;

  /** The interceptor that is called next. */
  private int next;

  private @Nullable Object result;
  private boolean hasResult;
  private @Nullable Throwable failure;

  HandlerInvocation(
      AppContext context,
      HandlerKind kind,
      String name,
      Object input,
      Headers headers,
      Callable<?> handler) {
    this.app = context.app();
    this.interceptors = context.interceptors();
    this.kind = kind;
    this.name = name;
    this.input = input;
    this.headers = headers;
    this.handler = handler;
  }

  /** Returns the app that the handler belongs to. */
  public AppId app() {
    return app;
  }

  /** Returns what the handler handles. */
  public HandlerKind kind() {
    return kind;
  }

  /**
   * Returns the name of what is handled: the queue, for an event the queue that it arrived on, the
   * workflow, the path of a schedule, or for RPC the method and the path template, such as {@code
   * GET /orders/{orderId}}. It comes from the app's declarations, never from outside, so an app has
   * few different ones: fit for the tag of a metric.
   */
  public String name() {
    return name;
  }

  /**
   * Returns what the handler gets, the same object: a {@link QueueMessage}, a {@link
   * io.w7s.sdk.queue.QueueBatch}, an {@link Event}, a {@link io.w7s.sdk.workflow.WorkflowRun}, a
   * {@link io.w7s.sdk.schedule.ScheduledRun} or an {@link io.w7s.sdk.rpc.RpcRequest}. For a message
   * or event that cannot be read it is an {@link UnreadableMessage}; no handler gets that, and
   * {@link #proceed()} throws the reason.
   */
  public Object input() {
    return input;
  }

  /**
   * Returns the subject of an event; empty for all else. The subject of an event without a handler
   * of its own comes from outside.
   */
  public Optional<String> subject() {
    return input instanceof Event<?> event ? Optional.of(event.subject()) : Optional.empty();
  }

  /**
   * Returns the id of the queue message, also of one that carries an event; empty for all else, a
   * batch included.
   */
  public Optional<String> messageId() {
    return Optional.ofNullable(messageId(input));
  }

  static @Nullable String messageId(Object input) {
    if (input instanceof QueueMessage<?> message) {
      return message.id();
    }
    if (input instanceof Event<?> event) {
      return event.messageId();
    }
    return input instanceof UnreadableMessage message ? message.id() : null;
  }

  /** Returns the number of the message's delivery, from 1; empty where there is no message id. */
  public OptionalInt attempt() {
    int attempt = attempt(input);
    return attempt > 0 ? OptionalInt.of(attempt) : OptionalInt.empty();
  }

  static int attempt(Object input) {
    if (input instanceof QueueMessage<?> message) {
      return message.attempt();
    }
    if (input instanceof Event<?> event) {
      return event.attempt();
    }
    return input instanceof UnreadableMessage message ? message.attempt() : 0;
  }

  /**
   * Returns the W3C trace that the message or event belongs to, or for all else the {@code
   * traceparent} header of the request; empty where there is none.
   */
  public Optional<String> traceParent() {
    if (messageId(input) == null) {
      return Optional.ofNullable(TraceParent.of(headers));
    }
    return messageTraceParent(input);
  }

  static Optional<String> messageTraceParent(Object input) {
    if (input instanceof QueueMessage<?> message) {
      return message.traceParent();
    }
    return input instanceof Event<?> event ? event.traceParent() : Optional.empty();
  }

  /** Returns the headers of the HTTP request; for a message or event those of its whole batch. */
  public Headers headers() {
    return headers;
  }

  /**
   * Calls the interceptors that were registered later, and then the handler. It may be called
   * again, and then calls them again.
   *
   * @return what the handler returned; null where it returns nothing
   * @throws io.w7s.sdk.error.CodecException when the input is an {@link UnreadableMessage}
   * @throws Exception what the handler or a later interceptor threw
   */
  public @Nullable Object proceed() throws Exception {
    int index = next;
    if (index == interceptors.size()) {
      return callHandler();
    }
    next = index + 1;
    try {
      interceptors.get(index).intercept(this);
    } finally {
      next = index;
    }
    return result;
  }

  private @Nullable Object callHandler() throws Exception {
    hasResult = false;
    result = null;
    try {
      result = handler.call();
      hasResult = true;
      return result;
    } catch (Throwable thrown) {
      failure = thrown;
      throw thrown;
    }
  }

  /** Calls the interceptors and the handler, and returns the handler's result. */
  @Nullable Object run() throws Exception {
    proceed();
    if (!hasResult && (kind == HandlerKind.WORKFLOW || kind == HandlerKind.RPC)) {
      throw new IllegalStateException(
          "an interceptor returned without a result of the handler, which this needs", failure);
    }
    return result;
  }

  /** Returns the app, the kind and the name, and the message id where there is one. */
  @Override
  public String toString() {
    String id = messageId(input);
    return "HandlerInvocation["
        + app
        + ", "
        + kind
        + " "
        + name
        + (id == null ? "]" : ", message " + SafeText.of(id) + "]");
  }
}
