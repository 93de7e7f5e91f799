package io.w7s.sdk.event;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.HasCallOptions;
import io.w7s.sdk.internal.text.Names;
import java.time.Instant;
import java.util.Optional;

/**
 * What can be set when publishing an event. Immutable: each method returns a changed copy.
 *
 * @param call what can be set on every call
 * @param id the event's id; empty for a new random UUID
 * @param time when it happened; empty for now
 * @param cloudEvent whether subscribers get it in the form of a CloudEvent
 */
public record PublishOptions(
    CallOptions call, Optional<String> id, Optional<Instant> time, boolean cloudEvent)
    implements HasCallOptions<PublishOptions> {

  /** Checks the id. */
  public PublishOptions {
    id.ifPresent(given -> Names.eventId("event id", given));
  }

  /** Returns options with an id and time still to be made. */
  public static PublishOptions of(CallOptions call) {
    return new PublishOptions(call, Optional.empty(), Optional.empty(), false);
  }

  /**
   * Sets the event's id. The same id is the same event, so a publish whose delivery is unknown is
   * then tried again. The default is a new random UUID.
   */
  public PublishOptions id(String id) {
    return new PublishOptions(call, Optional.of(id), time, cloudEvent);
  }

  /** Sets when it happened. The default is now. */
  public PublishOptions time(Instant time) {
    return new PublishOptions(call, id, Optional.of(time), cloudEvent);
  }

  /**
   * Has the event written as a CloudEvent 1.0 in structured JSON, for subscribers that are not
   * written with this SDK; its type is the subject. Those that are take both forms alike. A router
   * that does not know the form writes the plain one.
   */
  public PublishOptions asCloudEvent() {
    return new PublishOptions(call, id, time, true);
  }

  @Override
  public PublishOptions call(CallOptions call) {
    return new PublishOptions(call, id, time, cloudEvent);
  }
}
