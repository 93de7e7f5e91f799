package io.w7s.sdk.testing;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.workflow.WorkflowRef;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Apps for tests, and what their handlers received. */
public final class Acme {

  public record Job(String name) {}

  public static final QueueRef<Job> JOBS = AppRef.of("acme/worker").queue("jobs", Job.class);
  public static final SubjectRef<Job> DONE = SubjectRef.of("jobs.done", Job.class);
  public static final RpcRef<Void, Job> CURRENT =
      AppRef.of("acme/worker").get("/current", Job.class);
  public static final WorkflowRef<Job, Job> BUILD =
      AppRef.of("acme/worker").workflow("build", Job.class, Job.class);
  public static final ScheduleRef SYNC = ScheduleRef.of("*/5 * * * *", "/_w7s/schedules/sync");

  public final List<String> handled = new CopyOnWriteArrayList<>();

  /** A worker whose handlers record what they receive. */
  public W7sApp worker() {
    return W7sApp.builder(AppRef.of("acme/worker"))
        .on(JOBS, message -> handled.add("job " + message.body().name()))
        .on(CURRENT, request -> new Job("current"))
        .on(
            BUILD,
            run -> {
              handled.add("build " + run.payload().name());
              return new Job("built " + run.payload().name());
            })
        .on(SYNC, run -> handled.add("sync " + run.scheduledTime()))
        .build();
  }

  /** A subscriber to {@link #DONE}. */
  public W7sApp subscriber(String app) {
    return W7sApp.builder(AppRef.of(app))
        .on(DONE, "events", event -> handled.add(app + " " + event.data().name()))
        .build();
  }

  /** A worker whose jobs always fail. */
  public W7sApp failing() {
    return W7sApp.builder(AppRef.of("acme/worker"))
        .on(
            JOBS,
            message -> {
              handled.add("failed " + message.body().name());
              throw new IllegalStateException("no");
            })
        .build();
  }
}
