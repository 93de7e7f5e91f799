package io.w7s.samples.router;

import java.util.Objects;
import java.util.UUID;

/** An event on its way; what its data is does not concern the router. */
record Event(String id, String subject, String source, Object data) {

  /** Gives an event without an id one. */
  Event {
    id = Objects.requireNonNullElseGet(id, () -> UUID.randomUUID().toString());
  }

  Event publishedBy(String publisher) {
    return new Event(id, subject, publisher, data);
  }
}
