package io.w7s.consumer;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A bean whose methods handle. */
@ApplicationScoped
public class Worker {

  record Job(String id) {}

  record Done(List<Job> jobs) {}

  static final AppRef APP = AppRef.of("acme/worker");
  static final QueueRef<Job> JOBS = APP.queue("jobs", Job.class);
  static final RpcRef<Void, Done> DONE = APP.get("/done", Done.class);

  private final List<Job> jobs = new CopyOnWriteArrayList<>();

  void run(Job job) {
    jobs.add(job);
  }

  Done done() {
    return new Done(jobs);
  }
}
