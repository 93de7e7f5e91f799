package io.w7s.sdk.testing;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.HandlerFailure;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.emulator.PlatformListener;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.app.DeliveryResult.Status;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.emulator.workflow.WorkflowExecution;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.testing.Journal.Entry;
import io.w7s.sdk.testing.Journal.Kind;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records what a platform does. When there are more entries than the limit, it forgets the oldest.
 * The cost to write an entry, and to read the last ones, does not depend on their number.
 */
final class JournalRecorder implements PlatformListener {

  /** Enough of a message's id to tell it from the others of a test. */
  private static final int SHOWN_OF_ID = 8;

  private final TimeSource time;
  private final int most;

  /** A ring: the entry with the number n is at index {@code (n - 1) % most}. */
  private final List<Entry> kept = new ArrayList<>();

  private long written;

  /** Each queue as text, once for all of its entries. */
  private final Map<QueueId, String> queues = new ConcurrentHashMap<>();

  JournalRecorder(TimeSource time, int most) {
    this.time = time;
    this.most = most;
  }

  /** Returns the entries after the one with this number, except those that were not kept. */
  synchronized Journal after(long number) {
    long asked = written - number;
    int there = (int) Math.min(asked, kept.size());
    var entries = new ArrayList<Entry>(there);
    for (long each = written - there + 1; each <= written; each++) {
      entries.add(kept.get(index(each)));
    }
    return new Journal(entries, asked - there);
  }

  private int index(long number) {
    return (int) ((number - 1) % most);
  }

  synchronized long written() {
    return written;
  }

  /** If no entries are kept, counts them and returns true, so that no text is made. */
  private boolean onlyCounts(int entries) {
    if (most > 0) {
      return false;
    }
    synchronized (this) {
      written += entries;
    }
    return true;
  }

  private synchronized void write(Kind kind, @Nullable Caller caller, String target, String what) {
    if (onlyCounts(1)) {
      return;
    }
    written++;
    var entry = new Entry(written, time.now(), kind, caller, target, what);
    if (kept.size() < most) {
      kept.add(entry);
    } else {
      kept.set(index(written), entry);
    }
  }

  void faulted(@Nullable Caller caller, String target, String fault) {
    write(Kind.FAULTED, caller, target, fault);
  }

  @Override
  public void deployed(Deployment deployment) {
    write(
        Kind.DEPLOYED, null, path(deployment.app(), "", deployment.environment()), of(deployment));
  }

  private static String of(Deployment deployment) {
    Manifest manifest = deployment.manifest();
    var parts = new ArrayList<String>();
    add(parts, "queues", manifest.queues().stream().map(Manifest.Queue::name).toList());
    add(parts, "workflows", manifest.workflows().stream().map(Manifest.Workflow::name).toList());
    add(
        parts,
        "schedules",
        manifest.schedules().stream().map(schedule -> schedule.cron().toString()).toList());
    add(parts, "publishes", manifest.eventsPublish());
    add(
        parts,
        "subscribes to",
        manifest.eventsSubscribe().stream().map(Manifest.Subscription::subject).toList());
    if (deployment.handler().isEmpty()) {
      parts.add("without a backend");
    }
    return String.join("; ", parts);
  }

  private static void add(List<String> parts, String what, List<String> names) {
    if (!names.isEmpty()) {
      parts.add(what + " " + String.join(", ", names));
    }
  }

  @Override
  public void removed(AppInstance app) {
    write(Kind.REMOVED, null, path(app.app(), "", app.environment()), "");
  }

  @Override
  public void refused(Caller caller, String operation, String target, int status, String why) {
    write(Kind.REFUSED, caller, target, operation + " with " + status + ": " + why);
  }

  @Override
  public void responded(
      Caller caller, AppId target, String method, String path, AppResponse response) {
    write(
        Kind.RESPONDED,
        caller,
        path(target, path, caller.environment()),
        method + " with " + response.status() + failures(response));
  }

  private static String failures(AppResponse response) {
    return response.failures().stream()
        .map(HandlerFailure::toString)
        .collect(Collectors.joining("; ", response.failures().isEmpty() ? "" : ": ", ""));
  }

  @Override
  public void sent(QueuedMessage message, Duration delay) {
    if (!onlyCounts(1)) {
      String held = delay.isZero() ? "" : ", held back for " + delay;
      write(Kind.SENT, message.caller(), target(message), name(message) + held);
    }
  }

  @Override
  public void delivering(List<QueuedMessage> batch) {
    each(Kind.DELIVERED, batch, "");
  }

  @Override
  public void delivered(List<QueuedMessage> batch, DeliveryResult delivery) {
    if (delivery.report() != null) {
      setAside(batch.get(0).queue().toString(), delivery.report());
    }
    if (delivery.status() == Status.DONE) {
      each(Kind.ACKNOWLEDGED, batch, "");
    } else {
      String queue = target(batch.get(0));
      write(Kind.FAILED, null, queue, "batch of " + batch.size() + ": " + delivery.details());
    }
  }

  private void setAside(String queue, BatchReport report) {
    for (BatchReport.Message message : report.messages()) {
      if (message.fate() == Fate.PARKED || message.fate() == Fate.HELD) {
        write(
            message.fate() == Fate.PARKED ? Kind.PARKED : Kind.HELD,
            null,
            queue,
            name(message.id())
                + ", attempt "
                + message.attempt()
                + message.why().map(why -> ", " + why).orElse(""));
      }
    }
  }

  private void each(Kind kind, List<QueuedMessage> batch, String more) {
    if (!onlyCounts(batch.size())) {
      String queue = target(batch.get(0));
      for (QueuedMessage message : batch) {
        write(kind, null, queue, name(message) + ", attempt " + message.attempts() + more);
      }
    }
  }

  @Override
  public void retrying(QueuedMessage next, Instant at) {
    each(Kind.RETRIED, List.of(next), " at " + at);
  }

  @Override
  public void deadLettered(DeadLetter letter) {
    String reason = letter.reason().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String cause = letter.cause().isEmpty() ? "" : ", " + letter.cause();
    each(Kind.DEAD_LETTERED, List.of(letter.message()), ", " + reason + cause);
  }

  @Override
  public void published(Caller publisher, PublishReceipt receipt) {
    String deliveries =
        receipt.deliveries().stream()
            .map(JournalRecorder::of)
            .collect(Collectors.joining(", ", "to ", ""));
    write(
        Kind.PUBLISHED,
        publisher,
        receipt.subject(),
        "event "
            + receipt.id()
            + " "
            + (receipt.deliveries().isEmpty() ? "to nobody" : deliveries));
  }

  private static String of(PublishReceipt.Delivery delivery) {
    String queue = delivery.app() + "/" + delivery.queue();
    return switch (delivery.status()) {
      case ENQUEUED -> queue;
      case SKIPPED -> queue + " (had it)";
      case FAILED -> queue + " (failed: " + delivery.error().orElse("") + ")";
    };
  }

  @Override
  public void started(WorkflowExecution instance) {
    write(Kind.STARTED, instance.caller(), path(instance), "instance " + instance.id());
  }

  @Override
  public void ran(
      WorkflowExecution instance, int attempt, WorkflowStatus status, DeliveryResult delivery) {
    String error =
        delivery.failures().isEmpty()
            ? status.error().map(words -> ", " + words).orElse("")
            : ", " + delivery.details();
    write(
        Kind.RAN,
        null,
        path(instance),
        "instance %s, attempt %d: %s%s"
            .formatted(instance.id(), attempt, status.state().word(), error));
  }

  @Override
  public void fired(
      AppInstance owner, Manifest.Schedule schedule, Instant minute, DeliveryResult delivery) {
    String target = path(owner.app(), schedule.path(), owner.environment());
    write(Kind.FIRED, null, target, schedule.cron() + " for " + minute);
    if (delivery.status() != Status.DONE) {
      write(Kind.FAILED, null, target, schedule.cron() + ": " + delivery.details());
    }
  }

  private String target(QueuedMessage message) {
    return queues.computeIfAbsent(message.queue(), QueueId::toString);
  }

  private static String name(QueuedMessage message) {
    return name(message.id());
  }

  private static String name(String messageId) {
    return "message " + messageId.substring(0, Math.min(messageId.length(), SHOWN_OF_ID));
  }

  private static String path(WorkflowExecution instance) {
    AppInstance owner = instance.owner();
    return path(owner.app(), "/" + instance.workflow(), owner.environment());
  }

  static String path(AppId app, String rest, Environment environment) {
    String path = app + rest;
    return environment.equals(Environment.PRODUCTION) ? path : path + " (" + environment + ")";
  }
}
