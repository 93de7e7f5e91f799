package io.w7s.sdk.micrometer;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.w7s.sdk.micrometer.W7sObservation.SendDetail;
import io.w7s.sdk.micrometer.W7sObservation.SendKey;
import io.w7s.sdk.spi.OutgoingCall;

/**
 * Names the observation of a call and its keys, as {@link W7sObservation#SEND} lists them. Extend
 * it to add keys of your own.
 */
public class DefaultSendConvention implements ObservationConvention<SendContext> {

  static final DefaultSendConvention INSTANCE = new DefaultSendConvention();

  /** Makes a convention. */
  public DefaultSendConvention() {}

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof SendContext;
  }

  @Override
  public String getName() {
    return W7sObservation.SEND.getName();
  }

  /** Returns the operation and its target, without ids. */
  @Override
  public String getContextualName(SendContext context) {
    return context.call().name() + " " + context.target();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(SendContext context) {
    SendContext.Outcome outcome = context.outcome();
    return KeyValues.of(
        SendKey.OPERATION.withValue(context.call().name()),
        SendKey.TARGET.withValue(context.target()),
        SendKey.OUTCOME.withValue(outcome == null ? KeyValue.NONE_VALUE : outcome.value()));
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(SendContext context) {
    KeyValues values = hasIds(context.call()) ? fullTarget(context.call()) : KeyValues.empty();
    return context.outcome() == null
        ? values
        : values.and(SendDetail.ATTEMPTS.withValue(String.valueOf(context.attempts())));
  }

  private static boolean hasIds(OutgoingCall call) {
    return call.kind() == OutgoingCall.Kind.RPC || call.kind() == OutgoingCall.Kind.WORKFLOW_STATUS;
  }

  private static KeyValues fullTarget(OutgoingCall call) {
    return KeyValues.of(SendDetail.TARGET_FULL.withValue(call.target()));
  }
}
