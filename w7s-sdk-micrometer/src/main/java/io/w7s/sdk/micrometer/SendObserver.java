package io.w7s.sdk.micrometer;

import io.micrometer.observation.Observation;
import io.w7s.sdk.spi.CallObserver;
import java.time.Duration;

/** Ends the observation of a call with the call. */
final class SendObserver implements CallObserver {

  private final Observation observation;
  private final SendContext context;

  SendObserver(Observation observation, SendContext context) {
    this.observation = observation;
    this.context = context;
  }

  @Override
  public void throttled(Duration excess) {
    observation.event(
        Observation.Event.of(
            W7sObservation.SendEvent.THROTTLED.getName(), "over the rate limit by " + excess));
  }

  @Override
  public void retrying(int attempt, Duration delay) {
    observation.event(
        Observation.Event.of(
            W7sObservation.SendEvent.RETRY.getName(),
            "attempt " + attempt + " failed, the next one follows after " + delay));
  }

  @Override
  public void succeeded(int attempts, Duration took) {
    context.succeeded(attempts);
    observation.stop();
  }

  @Override
  public void failed(Throwable failure, int attempts, Duration took) {
    context.failed(failure, attempts);
    try {
      if (context.outcome() != SendContext.Outcome.CANCELLED) {
        observation.error(failure);
      }
    } finally { // a handler of the registry may throw, and what has begun has to end
      observation.stop();
    }
  }
}
