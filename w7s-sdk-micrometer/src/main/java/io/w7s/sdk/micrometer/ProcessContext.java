package io.w7s.sdk.micrometer;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.w7s.sdk.app.HandlerInvocation;
import io.w7s.sdk.app.HandlerKind;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.micrometer.W7sObservation.ProcessKey;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call of a handler, as conventions and handlers of observations see it. It is the carrier of the
 * trace: that of the message or event, or of the headers of the request. Of a message, which has no
 * headers of its own, nothing but the {@code traceparent} is read.
 */
public final class ProcessContext extends ReceiverContext<HandlerInvocation> {

  private static final String TRACE_PARENT = "traceparent";

  /** What calls of handlers end with. */
  public enum Outcome {
    /** The handler returned. */
    HANDLED,
    /** The handler of a batch returned, and said of some of its messages that they have failed. */
    PARTLY_FAILED,
    /** The handler threw {@link Reject}. */
    REJECTED,
    /** The handler threw {@link Retry}. */
    RETRIED,
    /** The message could not be read. */
    UNREADABLE,
    /** The handler threw anything else. */
    FAILED;

    private final KeyValue key = ProcessKey.OUTCOME.withValue(name().toLowerCase(Locale.ROOT));

    /** Returns the outcome as the value of a key, for example {@code partly_failed}. */
    public String value() {
      return key.getValue();
    }

    KeyValue key() {
      return key;
    }
  }

  private final HandlerInvocation handler;

  /** Made once: conventions are asked at the start and at the end. */
  private final KeyValue name;

  private @Nullable KeyValues details;
  private @Nullable Outcome outcome;
  private @Nullable Throwable failure;

  ProcessContext(HandlerInvocation handler) {
    super(ProcessContext::get, handler.kind() == HandlerKind.RPC ? Kind.SERVER : Kind.CONSUMER);
    this.handler = handler;
    this.name = ProcessKey.HANDLER.withValue(handler.name());
    setCarrier(handler);
  }

  private static @Nullable String get(HandlerInvocation handler, String key) {
    if (key.equalsIgnoreCase(TRACE_PARENT)) {
      return handler.traceParent().orElse(null);
    }
    return handler.messageId().isPresent() ? null : handler.headers().first(key).orElse(null);
  }

  /** Returns the handler and what it handles. */
  public HandlerInvocation handler() {
    return handler;
  }

  /** Returns the name of the handler as a key. */
  KeyValue name() {
    return name;
  }

  /** Returns the keys for traces, which are the same from the start to the end. */
  KeyValues details() {
    KeyValues known = details;
    if (known == null) {
      known = DefaultProcessConvention.details(handler);
      details = known;
    }
    return known;
  }

  /** Returns what the handler ended with; null while it runs. */
  public @Nullable Outcome outcome() {
    return outcome;
  }

  /** Returns what is the error of the observation; null for none. */
  @Nullable Throwable failure() {
    return failure;
  }

  void returned() {
    if (handler.input() instanceof QueueBatch<?> batch) {
      failure = failed(batch).orElse(null);
    }
    outcome = failure == null ? Outcome.HANDLED : Outcome.PARTLY_FAILED;
  }

  private static <T> Optional<Throwable> failed(QueueBatch<T> batch) {
    for (QueueMessage<T> message : batch.messages()) {
      Optional<Throwable> failure = batch.failure(message);
      if (failure.isPresent()) {
        return failure;
      }
    }
    return Optional.empty();
  }

  void threw(Throwable thrown) {
    outcome = outcomeOf(thrown);
    failure = thrown instanceof Retry ? null : thrown; // that is a wish
  }

  private Outcome outcomeOf(Throwable thrown) {
    if (handler.input() instanceof UnreadableMessage message && message.failure() == thrown) {
      return Outcome.UNREADABLE;
    }
    if (thrown instanceof Reject) {
      return Outcome.REJECTED;
    }
    return thrown instanceof Retry ? Outcome.RETRIED : Outcome.FAILED;
  }
}
