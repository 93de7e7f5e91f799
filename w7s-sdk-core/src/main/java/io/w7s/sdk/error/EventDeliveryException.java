package io.w7s.sdk.error;

import io.w7s.sdk.AppId;
import io.w7s.sdk.internal.error.FailedCall;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event did not reach the queues of all its subscribers. The others have it.
 *
 * <p>To try again, publish the event with the same {@linkplain #eventId() id}: {@code publish ->
 * publish.id(failure.eventId())}. Subscribers that have the event do not get it again, as long as
 * the router remembers the id.
 */
public final class EventDeliveryException extends CallException {

  private static final long serialVersionUID = 1L;

  private final String eventId;

  @SuppressWarnings("serial") // an unmodifiable list of the JDK
  private final List<MissedSubscriber> missed;

  /**
   * Creates an exception for an event that some subscribers do not have. Not API: for the SDK
   * itself.
   *
   * @param call the publish
   * @param reason which subscribers do not have the event
   * @param eventId the event's id
   * @param missed the subscribers that do not have the event, at least one
   */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public EventDeliveryException(
      FailedCall call, String reason, String eventId, List<MissedSubscriber> missed) {
    super(call, reason, null);
    this.eventId = eventId;
    this.missed = List.copyOf(missed);
  }

  /** Returns the event's id, with which to publish it again. */
  public String eventId() {
    return eventId;
  }

  /** Returns the subscribers that do not have the event, at least one; unmodifiable. */
  public List<MissedSubscriber> missed() {
    return missed;
  }

  /** A subscriber whose queue does not have the event. Immutable. */
  public static final class MissedSubscriber implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String app;
    private final String queue;
    private final @Nullable String error;

    /**
     * Describes a subscriber.
     *
     * @param error why its queue does not have the event; null when the router did not say
     */
    public MissedSubscriber(AppId app, String queue, @Nullable String error) {
      this.app = app.toString();
      this.queue = queue;
      this.error = error;
    }

    /** Returns the app that subscribes. */
    public AppId app() {
      return AppId.parse(app);
    }

    /** Returns the name of its queue. */
    public String queue() {
      return queue;
    }

    /** Returns why the queue does not have the event; empty when the router did not say. */
    public Optional<String> error() {
      return Optional.ofNullable(error);
    }

    /** Returns the app and its queue, for example {@code acme/worker/events}. */
    @Override
    public String toString() {
      return app + "/" + queue;
    }
  }
}
