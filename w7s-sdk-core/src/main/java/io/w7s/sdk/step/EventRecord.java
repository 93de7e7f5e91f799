package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.json.RawJson;

/**
 * What a log has of an event for a run.
 *
 * @param name the name of the event, at most 100 characters
 * @param id by which it is told from others of its name, at most 255 characters
 * @param value the value
 */
public record EventRecord(String name, String id, RawJson value) {

  /** Refuses null. */
  public EventRecord {
    requireNonNull(name, "name");
    requireNonNull(id, "id");
    requireNonNull(value, "value");
  }

  /** Returns the name. Id and value are left out: they may be secret. */
  @Override
  public String toString() {
    return "EventRecord[" + name + "]";
  }
}
