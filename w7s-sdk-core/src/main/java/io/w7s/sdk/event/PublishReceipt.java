package io.w7s.sdk.event;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.EventDeliveryException;
import io.w7s.sdk.error.EventDeliveryException.MissedSubscriber;
import io.w7s.sdk.internal.error.FailedCall;
import io.w7s.sdk.internal.text.SafeText;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The result of a publish: one delivery for each subscriber of the subject. Immutable; equal to
 * another receipt with the same values.
 *
 * <p>A publish without subscribers has not failed, because publishers do not know who subscribes.
 * But the subject may be misspelt, or a subscriber not deployed yet; see {@link #reachedNobody()}.
 */
public final class PublishReceipt {

  private static final int MOST_SHOWN = 5;
  private static final int LONGEST_ERROR = 100;

  private final String id;
  private final String subject;
  private final AppId source;
  private final Instant time;
  private final List<Delivery> deliveries;

  /**
   * Creates a receipt. For transports, routers and tests.
   *
   * @param id the event's id
   * @param subject its subject
   * @param source the app that published it
   * @param time when it happened
   * @param deliveries one for each subscriber; copied
   */
  public PublishReceipt(
      String id, String subject, AppId source, Instant time, List<Delivery> deliveries) {
    this.id = id;
    this.subject = subject;
    this.source = source;
    this.time = time;
    this.deliveries = List.copyOf(deliveries);
  }

  /** Returns the event's id. */
  public String id() {
    return id;
  }

  /** Returns the event's subject. */
  public String subject() {
    return subject;
  }

  /** Returns the app that published the event. */
  public AppId source() {
    return source;
  }

  /** Returns when the event happened. */
  public Instant time() {
    return time;
  }

  /** Returns one delivery for each subscriber, none when nobody subscribes; unmodifiable. */
  public List<Delivery> deliveries() {
    return deliveries;
  }

  /** Returns the deliveries that failed: those subscribers do not have the event. */
  public List<Delivery> failed() {
    return deliveries.stream().filter(delivery -> delivery.status() == Status.FAILED).toList();
  }

  /**
   * Returns whether nobody has the event, because nobody subscribes to the subject, or not the one
   * to whom it was to be {@linkplain PublishOptions#redeliverTo delivered again}.
   */
  public boolean reachedNobody() {
    return deliveries.isEmpty();
  }

  /**
   * Returns whether no subscriber misses the event. It is also true when there are no subscribers;
   * see {@link #reachedNobody()}.
   */
  public boolean complete() {
    return failed().isEmpty();
  }

  /**
   * Returns this receipt if no subscriber misses the event, and throws otherwise. To deliver the
   * event to those that miss it, publish it again with the same {@linkplain #id() id}: the others
   * do not get it again. Nothing is thrown when there are no subscribers; see {@link
   * #reachedNobody()}.
   *
   * @throws EventDeliveryException when at least one delivery failed; it names the subscribers
   */
  public PublishReceipt orThrow() {
    List<Delivery> failed = failed();
    if (failed.isEmpty()) {
      return this;
    }
    throw new EventDeliveryException(
        FailedCall.of("event publish", subject, true),
        reason(failed),
        id,
        failed.stream()
            .map(each -> new MissedSubscriber(each.app(), each.queue(), each.error().orElse(null)))
            .toList());
  }

  private String reason(List<Delivery> failed) {
    String shown =
        failed.stream()
            .limit(MOST_SHOWN)
            .map(PublishReceipt::shown)
            .collect(Collectors.joining(", "));
    int more = failed.size() - MOST_SHOWN;
    return "did not reach %d of %d subscribers: %s%s; publish it again with the id %s"
        .formatted(
            failed.size(),
            deliveries.size(),
            shown,
            more > 0 ? " and " + more + " more" : "",
            SafeText.of(id));
  }

  private static String shown(Delivery failed) {
    String error = failed.error().map(text -> SafeText.of(text, LONGEST_ERROR)).orElse("");
    return failed.app() + "/" + failed.queue() + (error.isEmpty() ? "" : " (" + error + ")");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PublishReceipt receipt
        && id.equals(receipt.id)
        && subject.equals(receipt.subject)
        && source.equals(receipt.source)
        && time.equals(receipt.time)
        && deliveries.equals(receipt.deliveries);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, subject, source, time, deliveries);
  }

  /** Returns the values of the receipt. */
  @Override
  public String toString() {
    return "PublishReceipt[id="
        + id
        + ", subject="
        + subject
        + ", source="
        + source
        + ", time="
        + time
        + ", "
        + (reachedNobody() ? "no subscribers" : "deliveries=" + deliveries)
        + "]";
  }

  /**
   * The delivery of an event to one subscriber. Immutable; equal to another with the same values.
   */
  public static final class Delivery {

    private final AppId app;
    private final String queue;
    private final Status status;
    private final Optional<String> error;

    /**
     * Creates a delivery. For transports, routers and tests.
     *
     * @param app the subscriber
     * @param queue its queue
     * @param status whether the queue has the event
     * @param error why the queue does not have it; empty when it does, or the router does not say
     */
    public Delivery(AppId app, String queue, Status status, Optional<String> error) {
      this.app = app;
      this.queue = queue;
      this.status = status;
      this.error = error;
    }

    /** Returns the subscriber. */
    public AppId app() {
      return app;
    }

    /** Returns the name of the subscriber's queue. */
    public String queue() {
      return queue;
    }

    /** Returns whether the queue has the event. */
    public Status status() {
      return status;
    }

    /** Returns why the delivery failed; empty when it did not, or the router does not say. */
    public Optional<String> error() {
      return error;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Delivery delivery
          && app.equals(delivery.app)
          && queue.equals(delivery.queue)
          && status == delivery.status
          && error.equals(delivery.error);
    }

    @Override
    public int hashCode() {
      return Objects.hash(app, queue, status, error);
    }

    /** Returns the values of the delivery. */
    @Override
    public String toString() {
      return "Delivery[app="
          + app
          + ", queue="
          + queue
          + ", status="
          + status
          + error.map(text -> ", error=" + text).orElse("")
          + "]";
    }
  }

  /** Whether a subscriber's queue has the event. */
  public enum Status {
    /** The queue has it, from this publish. */
    ENQUEUED,
    /** The queue has had it since an earlier publish of the same id, and did not get it again. */
    SKIPPED,
    /** The queue does not have it. */
    FAILED
  }
}
