package io.w7s.sdk.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.micrometer.W7sObservation.SendKey;
import io.w7s.sdk.spi.OutgoingCall;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call, as conventions and handlers of observations see it. The call is the carrier of the trace:
 * a {@code traceparent} goes to {@link OutgoingCall#traceParent(String)}, everything else, such as
 * {@code tracestate} or {@code baggage}, becomes a header of an RPC.
 */
public final class SendContext extends SenderContext<OutgoingCall> {

  private static final Logger log = LoggerFactory.getLogger(SendContext.class);
  private static final String TRACE_PARENT = "traceparent";

  /** What calls end with. */
  public enum Outcome {
    /** The caller got its result. */
    SUCCESS,
    /** The platform, or the target of an RPC, responded with a failure. */
    REFUSED,
    /** No response came, or not in time. */
    NO_RESPONSE,
    /**
     * What the caller gave or has configured is not valid, or JSON could not be read or written.
     */
    INVALID,
    /** The caller has cancelled the future. */
    CANCELLED,
    /** Anything else. */
    FAILED;

    private final KeyValue key = SendKey.OUTCOME.withValue(name().toLowerCase(Locale.ROOT));

    /** Returns the outcome as the value of a key, for example {@code no_response}. */
    public String value() {
      return key.getValue();
    }

    KeyValue key() {
      return key;
    }

    private static Outcome of(Throwable failure) {
      if (failure instanceof StatusException || failure instanceof RpcFailedException) {
        return REFUSED;
      }
      if (failure instanceof TransportException) {
        return NO_RESPONSE;
      }
      if (failure instanceof InvalidInputException
          || failure instanceof CodecException
          || failure instanceof ConfigurationException) {
        return INVALID;
      }
      return failure instanceof CancellationException ? CANCELLED : FAILED;
    }
  }

  private final OutgoingCall call;

  /** Made once: conventions are asked at the start and at the end. */
  private final KeyValue operation;

  private final KeyValue target;

  private @Nullable Outcome outcome;
  private int attempts;

  SendContext(OutgoingCall call) {
    super(call.traceParent().isPresent() ? SendContext::keep : SendContext::set, kind(call));
    this.call = call;
    this.operation = SendKey.OPERATION.withValue(call.name());
    this.target = SendKey.TARGET.withValue(call.targetTemplate());
    setCarrier(call);
  }

  private static Kind kind(OutgoingCall call) {
    return switch (call.kind()) {
      case RPC, WORKFLOW_STATUS -> Kind.CLIENT;
      case QUEUE_SEND, EVENT_PUBLISH, WORKFLOW_START -> Kind.PRODUCER;
    };
  }

  /** Leaves the trace that the caller has set. */
  private static void keep(@Nullable OutgoingCall call, String key, String value) {}

  private static void set(@Nullable OutgoingCall carrier, String key, String value) {
    OutgoingCall call = requireNonNull(carrier, "carrier");
    try {
      if (key.equalsIgnoreCase(TRACE_PARENT)) {
        call.traceParent(value);
      } else {
        call.header(key, value);
      }
    } catch (InvalidInputException invalid) { // the call can do without it
      log.warn("{} goes without what the tracer adds to it: {}", call, invalid.getMessage());
    }
  }

  /** Returns the call. */
  public OutgoingCall call() {
    return call;
  }

  /** Returns {@link OutgoingCall#name()} as a key. */
  KeyValue operation() {
    return operation;
  }

  /** Returns {@link OutgoingCall#targetTemplate()} as a key. */
  KeyValue target() {
    return target;
  }

  /** Returns what the call ended with; null while it is under way. */
  public @Nullable Outcome outcome() {
    return outcome;
  }

  /**
   * Returns how many attempts were made; 0 while the call is under way, or when nothing was sent.
   */
  public int attempts() {
    return attempts;
  }

  void succeeded(int attempts) {
    this.attempts = attempts;
    this.outcome = Outcome.SUCCESS;
  }

  void failed(Throwable failure, int attempts) {
    this.attempts = attempts;
    this.outcome = Outcome.of(failure);
  }
}
