package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.QueueDelivery.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a queue delivery in {@link PlainForm}. Used by one thread, for one delivery. */
final class PlainDelivery {

  private static final byte[] QUEUE = PlainForm.form("{\"queue\":\"");
  private static final byte[] QUEUE_NAME = PlainForm.form(",\"queueName\":\"");
  private static final byte[] MESSAGES = PlainForm.form(",\"messages\":[");
  private static final byte[] ID = PlainForm.form("{\"id\":\"");
  private static final byte[] ATTEMPTS = PlainForm.form(",\"attempts\":");
  private static final byte[] TIMESTAMP = PlainForm.form(",\"timestamp\":\"");
  private static final byte[] ENQUEUED_AT = PlainForm.form(",\"enqueuedAt\":\"");
  private static final byte[] CALLER = PlainForm.form(",\"caller\":{\"orgSlug\":\"");
  private static final byte[] REPO_SLUG = PlainForm.form(",\"repoSlug\":\"");
  private static final byte[] REPOSITORY = PlainForm.form(",\"repository\":\"");
  private static final byte[] ENVIRONMENT = PlainForm.form(",\"environment\":\"");
  private static final byte[] BODY = PlainForm.form(",\"body\":");
  private static final byte[] CLOSE = PlainForm.form("}");
  private static final byte[] NEXT = PlainForm.form(",");
  private static final byte[] END = PlainForm.form("]}");

  private final PlainForm in;
  private int lastCallerFrom;
  private int lastCallerTo;
  private @Nullable Caller lastCaller;

  private PlainDelivery(PlainForm in) {
    this.in = in;
  }

  /** Returns the delivery; null when it has another form. */
  static @Nullable QueueDelivery read(byte[] json) {
    return new PlainDelivery(new PlainForm(JsonSlice.of(json))).read();
  }

  private @Nullable QueueDelivery read() {
    String queue = in.skip(QUEUE) ? in.text() : null;
    String queueName = queue != null && in.skip(QUEUE_NAME) ? in.text() : null;
    if (queue == null || queueName == null || !in.skip(MESSAGES)) {
      return null;
    }
    List<Message> messages = new ArrayList<>();
    do {
      Message message = message();
      if (message == null) {
        return null;
      }
      messages.add(message);
    } while (in.skip(NEXT));
    return in.skip(END) && in.isAtEnd() ? new QueueDelivery(queue, queueName, messages) : null;
  }

  private @Nullable Message message() {
    String id = in.skip(ID) ? in.text() : null;
    int attempts = id != null && in.skip(ATTEMPTS) ? in.count() : 0;
    Instant timestamp = attempts > 0 && in.skip(TIMESTAMP) ? in.instant() : null;
    Instant enqueuedAt = timestamp != null && in.skip(ENQUEUED_AT) ? in.instant() : null;
    Caller caller = enqueuedAt != null ? caller() : null;
    JsonSlice body = caller != null && in.skip(BODY) ? in.value() : null;
    return id != null && body != null && in.skip(CLOSE)
        ? new Message(id, attempts, timestamp, enqueuedAt, caller, body)
        : null;
  }

  private @Nullable Caller caller() {
    if (lastCaller != null && in.skipRepeated(lastCallerFrom, lastCallerTo)) {
      return lastCaller;
    }
    lastCallerFrom = in.at();
    String owner = in.skip(CALLER) ? in.text() : null;
    String repo = owner != null && in.skip(REPO_SLUG) ? in.text() : null;
    String repository = repo != null && in.skip(REPOSITORY) ? in.text() : null;
    String environment = repository != null && in.skip(ENVIRONMENT) ? in.text() : null;
    if (owner == null || repo == null || environment == null || !in.skip(CLOSE)) {
      return null;
    }
    try {
      lastCaller = new Caller(new AppId(owner, repo), new Environment(environment));
      lastCallerTo = in.at();
      return lastCaller;
    } catch (InvalidInputException notAnApp) {
      return null;
    }
  }
}
