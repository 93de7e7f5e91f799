package io.w7s.sdk.store.event;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.store.internal.JsonData;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An event as it is kept. Immutable. */
public final class StoredEvent {

  private final long position;
  private final String id;
  private final String subject;
  private final @Nullable String stream;
  private final long version;
  private final Instant time;
  private final byte[] json;
  private final Map<String, String> attributes;
  private final @Nullable String traceParent;
  private final JsonCodec codec;

  StoredEvent(
      long position,
      String id,
      String subject,
      @Nullable String stream,
      long version,
      Instant time,
      byte[] json,
      Map<String, String> attributes,
      @Nullable String traceParent,
      JsonCodec codec) {
    this.position = position;
    this.id = id;
    this.subject = subject;
    this.stream = stream;
    this.version = version;
    this.time = time;
    this.json = json;
    this.attributes = attributes;
    this.traceParent = traceParent;
    this.codec = codec;
  }

  /**
   * Returns the event's place in the order in which the store is read, positive. There are gaps.
   * Where {@link EventStore#find} has found an event that nobody has read yet, it is 0.
   */
  public long position() {
    return position;
  }

  /** Returns the event's id. */
  public String id() {
    return id;
  }

  /** Returns the subject; for a message to a queue the queue, as {@code owner/repo/name}. */
  public String subject() {
    return subject;
  }

  /** Returns the stream; empty for none. */
  public Optional<String> stream() {
    return Optional.ofNullable(stream);
  }

  /** Returns the event's number in its stream, from 1; empty when it has no stream. */
  public OptionalLong version() {
    return stream == null ? OptionalLong.empty() : OptionalLong.of(version);
  }

  /** Returns when the event happened, in milliseconds. */
  public Instant time() {
    return time;
  }

  /** Returns the attributes; unmodifiable. */
  public Map<String, String> attributes() {
    return attributes;
  }

  /** Returns the W3C trace that the event belongs to; empty for none. */
  public Optional<String> traceParent() {
    return Optional.ofNullable(traceParent);
  }

  /** Returns the data as JSON in UTF-8; a new array. */
  public byte[] json() {
    return json.clone();
  }

  /**
   * Reads the data.
   *
   * @return the data; null where the JSON is null
   * @throws io.w7s.sdk.error.CodecException when it does not fit the type
   */
  public <T extends @Nullable Object> T data(Class<T> type) {
    return data(TypeRef.of(type));
  }

  /** Reads the data; as {@link #data(Class)} otherwise. */
  @SuppressWarnings("NullAway") // null only where the JSON is, which the caller's type says
  public <T extends @Nullable Object> T data(TypeRef<T> type) {
    return JsonData.read(codec, json, type);
  }

  /** Returns the event without its data. */
  @Override
  public String toString() {
    return "StoredEvent[position="
        + position
        + ", id="
        + id
        + ", subject="
        + subject
        + (stream == null ? "" : ", stream=" + stream + ", version=" + version)
        + ", time="
        + time
        + ", "
        + json.length
        + " bytes]";
  }
}
