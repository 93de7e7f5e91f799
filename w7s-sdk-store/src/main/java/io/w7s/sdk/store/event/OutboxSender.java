package io.w7s.sdk.store.event;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.store.event.OutboxRows.Attempt;
import io.w7s.sdk.store.event.OutboxRows.Claimed;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt to send a claimed row. It has no transaction open. */
final class OutboxSender {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final int LONGEST_REASON = 500;

  /** A response that asks for more must not hold a message, and its key, for years. */
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  private final W7s w7s;
  private final EventStore events;
  private final Backoff backoff;
  private final int attempts;

  OutboxSender(Outbox.Builder settings) {
    w7s = settings.w7s;
    events = settings.events;
    backoff = settings.backoff;
    attempts = settings.attempts;
  }

  Attempt send(Claimed row) {
    if (row.attempts() > attempts) {
      return park(row, List.of(), "its processes ended while they were sending it");
    }
    try {
      return row.kind() == OutboxRows.Kind.QUEUE ? sendToQueue(row) : publish(row);
    } catch (InvalidInputException | PayloadTooLargeException certain) {
      return park(row, List.of(), reason(certain));
    } catch (RuntimeException | Error failure) {
      Duration asked =
          failure instanceof CallException call
              ? call.retryAfter().orElse(Duration.ZERO)
              : Duration.ZERO;
      return failed(row, List.of(), reason(failure), asked);
    }
  }

  private Attempt sendToQueue(Claimed row) {
    w7s.queues()
        .send(
            queue(row.target(), row.consumer()),
            RawJson.of(row.json()),
            send -> send.delay(row.delay()).allowDuplicates());
    return Attempt.sent(row, List.of(row.target()));
  }

  private static QueueRef<RawJson> queue(String target, @Nullable String consumer) {
    int slash = target.lastIndexOf('/');
    QueueRef<RawJson> queue =
        AppRef.of(target.substring(0, slash)).queue(target.substring(slash + 1), RawJson.class);
    return consumer == null ? queue : queue.consumer(consumer);
  }

  private Attempt publish(Claimed row) {
    PublishReceipt receipt =
        w7s.events()
            .publish(
                SubjectRef.of(row.subject(), RawJson.class),
                RawJson.of(row.json()),
                publish -> {
                  publish.id(row.eventId()).time(row.time());
                  if (row.traceParent() != null) {
                    publish.traceParent(row.traceParent());
                  }
                  if (row.kind() == OutboxRows.Kind.SUBSCRIBER) {
                    publish.redeliverTo(row.target());
                  }
                });
    List<String> sentTo =
        receipt.deliveries().stream()
            .filter(delivery -> delivery.status() != PublishReceipt.Status.FAILED)
            .map(delivery -> delivery.app() + "/" + delivery.queue())
            .toList();
    if (!receipt.complete()) {
      String missed =
          receipt.failed().stream()
              .map(
                  delivery ->
                      delivery.app()
                          + "/"
                          + delivery.queue()
                          + delivery.error().map(error -> " (" + error + ")").orElse(""))
              .toList()
              .toString();
      return failed(row, sentTo, storable("not delivered to " + missed), Duration.ZERO);
    }
    if (row.kind() == OutboxRows.Kind.SUBSCRIBER && sentTo.isEmpty()) {
      log.warn(
          "event {} cannot be sent again to {}: it does not subscribe to {} any more",
          row.eventId(),
          row.target(),
          row.subject());
    }
    return Attempt.sent(row, sentTo);
  }

  private Attempt failed(Claimed row, List<String> sentTo, String reason, Duration asked) {
    if (row.attempts() >= attempts) {
      return park(row, sentTo, reason);
    }
    Duration wait = backoff.after(row.attempts(), events.time().random());
    Duration heard = asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
    log.info(
        "attempt {} of {} to send {} to {} failed and is made again: {}",
        row.attempts(),
        attempts,
        row.eventId(),
        row.target(),
        reason);
    return Attempt.retry(row, sentTo, heard.compareTo(wait) > 0 ? heard : wait, reason);
  }

  private static Attempt park(Claimed row, List<String> sentTo, String reason) {
    log.warn("{} is parked and not sent to {}: {}", row.eventId(), row.target(), reason);
    return Attempt.park(row, sentTo, reason);
  }

  private static String reason(Throwable failure) {
    return storable(failure.getClass().getSimpleName() + ": " + failure.getMessage());
  }

  private static String storable(String text) {
    String clean = text.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    return clean.length() <= LONGEST_REASON ? clean : clean.substring(0, LONGEST_REASON);
  }
}
