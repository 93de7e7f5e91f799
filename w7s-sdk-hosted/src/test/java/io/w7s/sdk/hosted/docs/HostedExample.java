package io.w7s.sdk.hosted.docs;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.hosted.HostedTransport;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** The code of docs/hosted.md and docs/errors.md. */
final class HostedExample {

  record Job(String type) {}

  record Query(int year) {}

  record Report(String text) {}

  static final QueueRef<Job> JOBS = AppRef.of("acme/worker").queue("jobs", Job.class);
  static final RpcRef<Void, String> EXPORT = AppRef.of("acme/worker").get("/export", String.class);

  static final RpcRef<Query, Report> REPORT =
      AppRef.of("acme/worker").post("/report", Query.class, Report.class);

  final List<String> said = new ArrayList<>();

  W7s ownClient(W7sConfig config, OkHttpClient okHttp) {
    // [client]
    W7s w7s =
        W7s.builder(config)
            .transport(HostedTransport.builder(config).client(okHttp).build())
            .build();
    // [client]
    return w7s;
  }

  W7s paced(W7sConfig config) {
    // [pacing]
    W7s w7s =
        W7s.builder(config)
            .pacing(Pacing.waiting().instances(3)) // three processes share the app's limits
            .options(call -> call.timeout(ofMinutes(2)))
            .build();
    // [pacing]
    return w7s;
  }

  W7s patient(W7sConfig config) {
    // [timeouts]
    W7s w7s =
        W7s.builder(config)
            .options(call -> call.attemptTimeout(ofSeconds(20)).timeout(ofMinutes(1)))
            .build();
    // [timeouts]
    return w7s;
  }

  @Nullable Report report(W7s w7s, Query query) {
    // [one-call]
    Report report =
        w7s.rpc()
            .call(
                REPORT, // a POST
                query,
                call ->
                    call.attemptTimeout(ofMinutes(2))
                        .timeout(ofMinutes(5))
                        .allowDuplicates()); // it only reads
    // [one-call]
    return report;
  }

  void export(W7s w7s, OutputStream file) throws IOException {
    // [stream]
    try (RpcStream export = w7s.rpc().stream(EXPORT)) {
      if (export.ok()) {
        export.body().transferTo(file);
      }
    }
    // [stream]
  }

  void send(W7s w7s, Job job) {
    // [errors]
    try {
      w7s.queues().send(JOBS, job);
    } catch (LimitExceededException limit) {
      later(job, limit.retryAt().orElseThrow());
    } catch (TransportException unknown) {
      if (unknown.mayHaveBeenDelivered()) {
        check(job); // sending again may do the work twice
      } else {
        later(job, Instant.now());
      }
    } catch (StatusException refused) {
      if (refused.status() >= 500) {
        check(job); // it may have been done
      } else {
        give(job, refused.getMessage()); // another attempt gets the same response
      }
    }
    // [errors]
  }

  private void later(Job job, Instant when) {
    said.add(job.type() + " later, " + when);
  }

  private void check(Job job) {
    said.add(job.type() + " to be checked");
  }

  private void give(Job job, String why) {
    said.add(job.type() + " given up: " + why);
  }
}
