package io.w7s.sdk.signature;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a signed request is. The kind is part of what is signed, so no kind passes for another. */
public enum RequestKind {
  /** An RPC of an app, from the bridge to the service. */
  RPC("1"),
  /** A delivery of a queue, from the bridge to the service. */
  QUEUE(null),
  /** A run of a workflow, from the bridge to the service. */
  WORKFLOW("1"),
  /** A run of a schedule, from the bridge to the service. */
  SCHEDULE("1"),
  /** A request of the public that the bridge passes on to the service. */
  PUBLIC(null),
  /** A call of the service to the bridge. */
  CALL(null);

  private static final RequestKind[] ALL = values();

  /** What a call says beside its target. */
  private static final Set<String> OF_CALLS =
      Set.of("x-w7s-queue-delay-seconds", "x-w7s-workflow-instance-id");

  private final String word = name().toLowerCase(Locale.ROOT);
  private final String header = "x-w7s-" + word;
  private final @Nullable String headerValue;

  RequestKind(@Nullable String headerValue) {
    this.headerValue = headerValue;
  }

  /** Returns the name on the wire: the constant's in lower case. */
  String word() {
    return word;
  }

  /** Returns the kind with a name on the wire; null when there is none. */
  static @Nullable RequestKind of(String word) {
    for (RequestKind kind : ALL) {
      if (kind.word.equals(word)) {
        return kind;
      }
    }
    return null;
  }

  /** Returns whether a request that an app sent or the platform made is of this kind. */
  boolean isOfPlatform() {
    return this != PUBLIC && this != CALL;
  }

  /** Returns the header that each request of this kind has; no other kind has it. */
  String header() {
    return header;
  }

  /** Returns whether that header may have a value; null for a request without it. */
  boolean takes(@Nullable String value) {
    return isOfPlatform()
        ? value != null && (headerValue == null || headerValue.equals(value))
        : value == null;
  }

  /**
   * Returns the kind that a header belongs to, by its name in lower case; null when it is one that
   * any kind may have.
   */
  static @Nullable RequestKind ofHeader(String name) {
    if (OF_CALLS.contains(name)) {
      return CALL;
    }
    for (RequestKind kind : ALL) {
      if (kind.isOfPlatform() && name.startsWith(kind.header)) {
        return kind;
      }
    }
    return null;
  }
}
