package io.w7s.sdk.micrometer;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.workflow.WorkflowRef;

/** The apps of these tests, and what can be called of them. */
final class Shop {

  static final AppRef WORKER = AppRef.of("acme/worker");
  static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);
  static final RpcRef<String, String> ORDER =
      WORKER.post("/orders/{orderId}", String.class, String.class);
  static final WorkflowRef<String, String> CHECKOUT =
      WORKER.workflow("checkout", String.class, String.class);
  static final SubjectRef<String> CREATED = SubjectRef.of("order.created", String.class);
  static final ScheduleRef NIGHTLY = ScheduleRef.of("0 3 * * *", "/nightly");

  private Shop() {}
}
