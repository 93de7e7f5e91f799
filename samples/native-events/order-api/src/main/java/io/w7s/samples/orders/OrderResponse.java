package io.w7s.samples.orders;

/** The response to an order that was placed; {@code ok} when its event reached every subscriber. */
record OrderResponse(boolean ok, String service, Order order, Event event, Routed routed) {}
