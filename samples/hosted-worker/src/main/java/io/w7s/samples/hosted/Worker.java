package io.w7s.samples.hosted;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.ScheduleRef;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The app: counts words, and reports to the desk, which is another app. */
final class Worker {

  record Job(String id, String text) {}

  record Report(String id, int words) {}

  record Status(int jobs) {}

  static final AppRef APP = AppRef.of("acme/worker");
  static final QueueRef<Job> JOBS = APP.queue("jobs", Job.class);
  static final ScheduleRef NIGHTLY = ScheduleRef.of("0 3 * * *", "/nightly");
  static final RpcRef<Void, Status> STATUS = APP.get("/status", Status.class);
  static final RpcRef<Void, String> HELLO = APP.get("/hello", String.class);

  static final AppRef DESK = AppRef.of("acme/desk");
  static final QueueRef<Report> REPORTS = DESK.queue("reports", Report.class);

  private Worker() {}

  /**
   * Returns the app.
   *
   * @param queues where reports are sent
   * @param story is told what happens
   */
  static W7sApp app(QueueClient queues, Consumer<String> story) {
    var jobs = new AtomicInteger();
    return W7sApp.builder(APP)
        .on(
            JOBS,
            message -> {
              Job job = message.body();
              queues.send(REPORTS, new Report(job.id(), job.text().split(" ").length));
              jobs.incrementAndGet();
              story.accept("queue     " + job.id() + " arrived, attempt " + message.attempt());
            })
        .on(NIGHTLY, run -> story.accept("schedule  " + run.cron() + " arrived"))
        .on(
            STATUS,
            request -> {
              story.accept("rpc       /status arrived from " + request.caller().orElseThrow());
              return new Status(jobs.get());
            })
        .on(HELLO, request -> "hello, whoever you are")
        .publicRoute(HELLO)
        .build();
  }
}
