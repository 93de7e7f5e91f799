package io.w7s.sdk.store.event;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.store.internal.Texts;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of an event that is stored. Not thread-safe.
 *
 * @param <S> the options that this is a part of
 */
public abstract sealed class EventOptions<S extends EventOptions<S>>
    permits AppendOptions, OutboxOptions {

  /** The longest id, in characters. */
  public static final int MAX_ID_LENGTH = 255;

  /** The longest name of a stream, in characters. */
  public static final int MAX_STREAM_LENGTH = 200;

  /** The most attributes of an event. */
  public static final int MAX_ATTRIBUTES = 16;

  static final int MAX_NAME_LENGTH = 64;
  static final int MAX_VALUE_LENGTH = 200;
  private static final Pattern ATTRIBUTE = Pattern.compile("[a-z][a-zA-Z0-9_.-]{0,63}");

  private @Nullable String id;
  private @Nullable Instant time;
  private @Nullable String stream;
  private @Nullable Long expectedVersion;
  private @Nullable String traceParent;
  private final Map<String, String> attributes = new LinkedHashMap<>();

  EventOptions() {}

  @SuppressWarnings("unchecked") // S is the class of this
  private S self() {
    return (S) this;
  }

  /**
   * Sets the event's id, unique in the store. An event that is appended again with the same id is
   * the same event: nothing is stored, and the receipt is that of the first. Default: a new random
   * UUID.
   *
   * @param id from 1 to 255 characters, not blank, without control characters and unpaired
   *     surrogates
   * @throws InvalidInputException when it is not
   */
  public final S id(String id) {
    if (id.isBlank()) {
      throw new InvalidInputException("event id", "blank text", "text that is not blank");
    }
    this.id = Texts.name("event id", id, MAX_ID_LENGTH);
    return self();
  }

  /**
   * Sets when the event happened, kept in milliseconds. Default: now.
   *
   * @throws InvalidInputException when it is outside of the years that milliseconds can say
   */
  public final S time(Instant time) {
    try {
      this.time = Instant.ofEpochMilli(time.toEpochMilli());
    } catch (ArithmeticException e) {
      throw new InvalidInputException("time", time.toString(), "a time in milliseconds");
    }
    return self();
  }

  /**
   * Makes the event the next one of a stream, for example all events of one order. The events of a
   * stream are numbered from 1.
   *
   * @param stream from 1 to 200 characters, without control characters and unpaired surrogates
   * @throws InvalidInputException when it is not
   */
  public final S stream(String stream) {
    this.stream = Texts.name("stream", stream, MAX_STREAM_LENGTH);
    return self();
  }

  /**
   * Appends the event only if its stream has this version: the version of its last event, 0 for a
   * stream that has none. Needs {@link #stream}.
   *
   * @throws InvalidInputException when it is negative
   */
  public final S expectedVersion(long version) {
    if (version < 0) {
      throw new InvalidInputException("expectedVersion", String.valueOf(version), "0 or more");
    }
    this.expectedVersion = version;
    return self();
  }

  /**
   * Adds an attribute by which the event can be found, such as the customer of an order.
   *
   * @param name a letter from a to z, and up to 63 letters, digits, underscores, dots and hyphens
   * @param value from 1 to 200 characters, without control characters and unpaired surrogates
   * @throws InvalidInputException when one of them is not, or there are more than 16
   */
  public final S attribute(String name, String value) {
    if (!ATTRIBUTE.matcher(name).matches()) {
      throw new InvalidInputException(
          "attribute name",
          Texts.shown(name),
          "a letter from a to z, and up to 63 letters, digits, underscores, dots and hyphens");
    }
    attributes.put(name, Texts.name("attribute " + name, value, MAX_VALUE_LENGTH));
    if (attributes.size() > MAX_ATTRIBUTES) {
      throw new InvalidInputException(
          "attributes", String.valueOf(attributes.size()), "at most " + MAX_ATTRIBUTES);
    }
    return self();
  }

  /**
   * Sets the W3C trace that the event belongs to.
   *
   * @param traceParent a W3C trace parent, for example {@code
   *     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}
   * @throws InvalidInputException when it is not one
   */
  public final S traceParent(String traceParent) {
    this.traceParent = Texts.traceParent(traceParent);
    return self();
  }

  /** Returns the event's id; empty for a new random one. */
  public final Optional<String> id() {
    return Optional.ofNullable(id);
  }

  /** Returns when the event happened; empty for now. */
  public final Optional<Instant> time() {
    return Optional.ofNullable(time);
  }

  /** Returns the stream; empty for none. */
  public final Optional<String> stream() {
    return Optional.ofNullable(stream);
  }

  /** Returns the version that the stream must have; empty for any. */
  public final OptionalLong expectedVersion() {
    return expectedVersion == null ? OptionalLong.empty() : OptionalLong.of(expectedVersion);
  }

  /** Returns the attributes, in the order in which they were added; unmodifiable. */
  public final Map<String, String> attributes() {
    return Collections.unmodifiableMap(attributes);
  }

  /** Returns the W3C trace that the event belongs to; empty for none. */
  public final Optional<String> traceParent() {
    return Optional.ofNullable(traceParent);
  }

  /** Refuses what does not fit together. */
  final void check() {
    if (expectedVersion != null && stream == null) {
      throw new InvalidInputException(
          "expectedVersion", "set without stream(...)", "set together with stream(...)");
    }
  }
}
