package io.w7s.samples.orders;

/** The answer to an order that was placed; {@code ok} when its event reached every subscriber. */
record OrderAnswer(boolean ok, String service, Order order, Event event, Routed routed) {}
