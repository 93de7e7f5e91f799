package io.w7s.sdk.event;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.CallOptions;
import io.w7s.sdk.CallSettings;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.TraceParent;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of a publish. */
public final class PublishOptions extends CallSettings<PublishOptions> {

  private @Nullable String id;
  private @Nullable Instant time;
  private @Nullable String traceParent;
  private boolean cloudEvent;
  private @Nullable String redeliverTo;

  /** Starts from defaults, with a new id and the current time. The client calls this. */
  public PublishOptions(CallOptions defaults) {
    super(defaults);
  }

  /**
   * Sets the event's id. Two publishes with the same id are one event, so a publish whose delivery
   * is unknown is retried. Default: a new random UUID.
   *
   * @param id 1 to 255 characters, not blank
   * @throws InvalidInputException when it is not
   */
  public PublishOptions id(String id) {
    this.id = Names.eventId("event id", requireNonNull(id, "id"));
    return this;
  }

  /** Sets when the event happened. Default: now. */
  public PublishOptions time(Instant time) {
    this.time = requireNonNull(time, "time");
    return this;
  }

  /**
   * Sets the W3C trace that the event belongs to; subscribers see it as {@link Event#traceParent}.
   *
   * @param traceParent a W3C trace parent, for example {@code
   *     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}
   * @throws InvalidInputException when it is not one
   */
  public PublishOptions traceParent(String traceParent) {
    this.traceParent = TraceParent.checked(requireNonNull(traceParent, "traceParent"));
    return this;
  }

  /**
   * Writes the event as a CloudEvent 1.0 in structured JSON, for subscribers that do not use this
   * SDK. Its type is the subject. Subscribers that use this SDK read both forms. A router that does
   * not support this form writes the plain one.
   */
  public PublishOptions asCloudEvent() {
    cloudEvent = true;
    return this;
  }

  /**
   * Delivers an event that was published before once more, to one subscriber only, even if its
   * queue has accepted the event before. Use it when a subscriber has lost the event. Needs {@link
   * #id}. A router that does not support this delivers the event to the subscribers that miss it,
   * as for any publish. When the queue does not subscribe to the subject, nobody gets the event:
   * see {@link PublishReceipt#reachedNobody()}.
   *
   * @param queue the subscriber's queue, as {@code owner/repo/name}
   * @throws InvalidInputException when it is not one
   */
  public PublishOptions redeliverTo(String queue) {
    int slash = requireNonNull(queue, "queue").lastIndexOf('/');
    if (queue.indexOf('/') == slash) {
      throw new InvalidInputException("redeliverTo", queue, "a queue, as owner/repo/name");
    }
    AppId app = AppId.parse(queue.substring(0, slash));
    this.redeliverTo = app + "/" + Names.queue("redeliverTo", queue.substring(slash + 1));
    return this;
  }

  /** Returns the event's id; empty for a new random one. */
  public Optional<String> id() {
    return Optional.ofNullable(id);
  }

  /** Returns when the event happened; empty for now. */
  public Optional<Instant> time() {
    return Optional.ofNullable(time);
  }

  /** Returns the W3C trace that the event belongs to; empty for none. */
  public Optional<String> traceParent() {
    return Optional.ofNullable(traceParent);
  }

  /** Returns whether subscribers get the event as a CloudEvent. */
  public boolean cloudEvent() {
    return cloudEvent;
  }

  /** Returns the queue of the one subscriber that gets the event once more; empty for all. */
  public Optional<String> redeliverTo() {
    return Optional.ofNullable(redeliverTo);
  }
}
