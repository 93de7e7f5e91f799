package io.w7s.sdk.emulator.app;

import io.w7s.sdk.app.HandlerFailure;
import io.w7s.sdk.consumption.BatchReport;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of one delivery to an app: of a batch, a workflow execution or a schedule.
 *
 * @param status whether the delivery succeeded
 * @param cause why it did not succeed, naming the target, as the platform knows it; empty when it
 *     succeeded
 * @param failures what the handlers threw, where the app is in this JVM; unmodifiable. The platform
 *     does not learn it
 * @param report what became of each message of a batch, where the app is in this JVM and consumes
 *     the queue with {@code W7sApp.Builder.consumption}; null otherwise
 */
public record DeliveryResult(
    Status status, String cause, List<HandlerFailure> failures, @Nullable BatchReport report) {

  /** The result of a delivery that succeeded. */
  public static final DeliveryResult DONE = new DeliveryResult(Status.DONE, "", List.of(), null);

  private static final int MAX_FAILURES = 3;

  /** Creates a result without a report. */
  public DeliveryResult(Status status, String cause, List<HandlerFailure> failures) {
    this(status, cause, failures, null);
  }

  /** Copies the list. */
  public DeliveryResult {
    failures = List.copyOf(failures);
  }

  /** Whether a delivery succeeded. */
  public enum Status {
    /** The app responded with 2xx: the whole batch is acknowledged, the schedule has run. */
    DONE,
    /**
     * The app responded with another status, threw an exception, or is not there. A batch is
     * delivered again as a whole; a schedule is not tried again.
     */
    FAILED,
    /** A delivery limit is used up. The delivery is not tried again. */
    DROPPED
  }

  /** Returns the result of a delivery that failed. */
  public static DeliveryResult failed(String cause) {
    return failed(cause, List.of());
  }

  /** Returns the result of a delivery that failed because handlers did. */
  public static DeliveryResult failed(String cause, List<HandlerFailure> failures) {
    return new DeliveryResult(Status.FAILED, cause, failures);
  }

  /** Returns the result of a delivery that a limit did not allow. */
  public static DeliveryResult dropped(String cause) {
    return new DeliveryResult(Status.DROPPED, cause, List.of());
  }

  /** Returns this result with what became of each message. */
  public DeliveryResult withReport(BatchReport report) {
    return new DeliveryResult(status, cause, failures, report);
  }

  /**
   * Returns the cause together with the exceptions of the handlers and their first frames, on one
   * line; empty when the delivery succeeded.
   */
  public String details() {
    return details(failures);
  }

  /**
   * Returns the cause for one message of the batch, on one line: with its own exception if it has
   * failed itself, otherwise with those of the others.
   */
  public String details(String messageId) {
    List<HandlerFailure> own =
        failures.stream()
            .filter(failure -> failure.messageId().filter(messageId::equals).isPresent())
            .toList();
    return details(own.isEmpty() ? failures : own);
  }

  private String details(List<HandlerFailure> shown) {
    if (shown.isEmpty()) {
      return cause;
    }
    int more = shown.size() - MAX_FAILURES;
    return shown.stream()
        .limit(MAX_FAILURES)
        .map(HandlerFailure::toString)
        .collect(Collectors.joining("; ", cause + ": ", more > 0 ? "; and " + more + " more" : ""));
  }
}
