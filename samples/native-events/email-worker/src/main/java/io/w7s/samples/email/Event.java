package io.w7s.samples.email;

/** An event as it comes from the queue. */
record Event(String id, String subject, String source, Object data) {

  static final Event EMPTY = new Event(null, null, null, null);
}
