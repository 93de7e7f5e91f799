package io.w7s.samples.email;

import java.util.List;

/** What was delivered, the newest last. */
record Deliveries(boolean ok, String service, int count, List<Delivery> deliveries) {}
