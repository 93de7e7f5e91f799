package io.w7s.sdk.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/** A property that begins with {@code w7s.} and that nothing reads. */
final class UnknownPropertyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String nearest;

  UnknownPropertyException(String name, @Nullable Origin origin, String nearest) {
    super("Unknown property %s%s".formatted(name, origin == null ? "" : " (" + origin + ")"));
    this.nearest = nearest;
  }

  String nearest() {
    return nearest;
  }
}
