package io.w7s.samples.orders;

/** What the router is told of an order. */
record Event(String id, String subject, String source, Order data) {}
