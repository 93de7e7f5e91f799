package io.w7s.sdk.internal.wire;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The body of a schedule delivery.
 *
 * @param schedule the cron expression
 * @param scheduledTime the minute it was due
 * @param repository the app's own {@code owner/repo}; null where the sender does not say
 * @param environment the app's own environment; null where the sender does not say
 */
public record ScheduleDelivery(
    String schedule,
    Instant scheduledTime,
    @Nullable String repository,
    @Nullable String environment) {

  private static final JsonFields FIELDS =
      JsonFields.of("schedule", "scheduledTime", "repository", "environment");

  /**
   * Reads a delivery.
   *
   * @throws CodecException when a field is missing or odd; the position is its JSON path
   */
  public static ScheduleDelivery read(byte[] json) {
    return JsonReader.read(JsonSlice.of(json), "schedule delivery", ScheduleDelivery::read);
  }

  private static ScheduleDelivery read(JsonReader in) {
    String schedule = null;
    Instant scheduledTime = null;
    String repository = null;
    String environment = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "schedule" -> schedule = in.text();
        case "scheduledTime" -> scheduledTime = in.instantOrNull();
        case "repository" -> repository = in.textOrNull();
        case "environment" -> environment = in.textOrNull();
        default -> in.skip();
      }
    }
    return new ScheduleDelivery(
        in.required("schedule", schedule),
        in.required("scheduledTime", scheduledTime),
        repository,
        environment);
  }

  /** Writes the delivery; fields that are null are left out. */
  public byte[] toJson() {
    return new JsonWriter(192)
        .beginObject()
        .field("schedule", schedule)
        .field("scheduledTime", scheduledTime)
        .field("repository", repository)
        .field("environment", environment)
        .endObject()
        .toBytes();
  }
}
