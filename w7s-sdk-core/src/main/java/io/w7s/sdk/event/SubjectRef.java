package io.w7s.sdk.event;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.internal.text.Names;

/**
 * The subject of events, and the type of their data. Declared once, and used to publish and to
 * subscribe. Subjects are exact: there are no wildcards. Immutable.
 *
 * @param name the subject: dot-separated tokens of letters, digits, {@code _} and {@code -}, at
 *     most 255 characters
 * @param type the type of an event's data
 * @param <T> the type of an event's data
 */
public record SubjectRef<T>(String name, TypeRef<T> type) {

  /** Checks the subject. */
  public SubjectRef {
    name = Names.subject("subject", requireNonNull(name, "name"));
    requireNonNull(type, "type");
  }

  /**
   * Returns a subject.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when the name is not valid, for example because
   *     it has a wildcard
   */
  public static <T> SubjectRef<T> of(String name, Class<T> type) {
    return of(name, TypeRef.of(type));
  }

  /** Returns a subject whose data has a generic type. */
  public static <T> SubjectRef<T> of(String name, TypeRef<T> type) {
    return new SubjectRef<>(name, type);
  }

  /** Returns the subject. */
  @Override
  public String toString() {
    return name;
  }
}
