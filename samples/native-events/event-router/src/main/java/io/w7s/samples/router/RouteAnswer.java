package io.w7s.samples.router;

import java.util.List;

/** The answer to an event that was accepted; {@code ok} when every subscriber got it. */
record RouteAnswer(
    boolean ok,
    String service,
    boolean accepted,
    String subject,
    String publisher,
    List<Delivery> deliveries) {}
