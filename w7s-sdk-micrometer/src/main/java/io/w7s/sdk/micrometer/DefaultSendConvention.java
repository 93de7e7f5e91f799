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

  private static final KeyValue UNDER_WAY = SendKey.OUTCOME.withNoneValue();
  private static final KeyValue ONE_ATTEMPT = SendDetail.ATTEMPTS.withValue("1");

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
    return context.operation().getValue() + " " + context.target().getValue();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(SendContext context) {
    SendContext.Outcome outcome = context.outcome();
    return KeyValues.of( // in their order, so that they need not be sorted
        context.operation(), outcome == null ? UNDER_WAY : outcome.key(), context.target());
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(SendContext context) {
    KeyValues values = hasIds(context.call()) ? fullTarget(context.call()) : KeyValues.empty();
    return context.outcome() == null ? values : values.and(attempts(context.attempts()));
  }

  private static KeyValue attempts(int attempts) {
    return attempts == 1 ? ONE_ATTEMPT : SendDetail.ATTEMPTS.withValue(String.valueOf(attempts));
  }

  private static boolean hasIds(OutgoingCall call) {
    return call.kind() == OutgoingCall.Kind.RPC || call.kind() == OutgoingCall.Kind.WORKFLOW_STATUS;
  }

  private static KeyValues fullTarget(OutgoingCall call) {
    return KeyValues.of(SendDetail.TARGET_FULL.withValue(call.target()));
  }
}
