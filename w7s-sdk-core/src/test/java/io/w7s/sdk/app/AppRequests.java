package io.w7s.sdk.app;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.workflow.WorkflowRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

/** Sends requests to an app as a server or the platform would, and records what the app logs. */
abstract class AppRequests {

  record Job(String type) {}

  record Count(int n) {}

  record Order(String orderId) {}

  record Total(int amount) {}

  static final AppRef WORKER_APP = AppRef.of("acme/worker");
  static final QueueRef<Job> JOBS = WORKER_APP.queue("jobs", Job.class);
  static final QueueRef<Count> COUNTS = WORKER_APP.queue("jobs", Count.class);
  static final SubjectRef<Order> CREATED = SubjectRef.of("orders.created", Order.class);
  static final SubjectRef<Order> PAID = SubjectRef.of("orders.paid", Order.class);
  static final WorkflowRef<Order, Total> CHECKOUT =
      WORKER_APP.workflow("checkout", Order.class, Total.class);
  static final ScheduleRef SYNC = ScheduleRef.of("*/5 * * * *", "/_w7s/schedules/sync");
  static final RpcRef<Order, Total> TOTAL =
      WORKER_APP.post("/totals/{currency}", Order.class, Total.class);

  static final String CALLER =
      "{\"orgSlug\":\"acme\",\"repoSlug\":\"shop\",\"repository\":\"acme/shop\","
          + "\"environment\":\"production\"}";

  private static final String ADVICE = "was delivered again, and its handler runs again";

  /** The line that advises on redeliveries, as often as it was logged. */
  final List<String> advice = new ArrayList<>();

  /** What the app logged, but for the advice. */
  final ListAppender<ILoggingEvent> log =
      new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getFormattedMessage().contains(ADVICE)) {
            advice.add(event.getFormattedMessage());
          } else {
            super.append(event);
          }
        }
      };

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(W7sApp.class);
  }

  static W7sApp.Builder worker() {
    return W7sApp.builder(WORKER_APP);
  }

  /** The lines that the app logged. */
  List<String> lines() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  static AppResponse post(W7sApp app, String path, String body) {
    return send(app, "POST", path, "", Headers.none(), body);
  }

  static AppResponse send(
      W7sApp app, String method, String path, String query, Headers headers, String body) {
    return app.handle(
        new AppRequest(method, path, query, headers, body.getBytes(StandardCharsets.UTF_8)));
  }

  static AppResponse deliverJobs(W7sApp app, String... messages) {
    return post(app, "/_w7s/queues/jobs", delivery(messages));
  }

  static AppResponse deliverEvents(W7sApp app, String... messages) {
    return post(app, "/_w7s/queues/events", delivery(messages));
  }

  static String text(AppResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  static String delivery(String... messages) {
    return "{\"queue\":\"jobs\",\"queueName\":\"w7s-production-acme-worker-queue-jobs\","
        + "\"messages\":["
        + String.join(",", messages)
        + "]}";
  }

  static String message(String id, int attempt, String body) {
    return "{\"id\":%s,\"attempts\":%d,\"timestamp\":\"2026-05-24T22:00:00.000Z\",\"enqueuedAt\":\"2026-05-24T21:59:00.000Z\",\"caller\":%s,\"body\":%s}"
        .formatted(JsonValues.write(id), attempt, CALLER, body);
  }

  static String event(String subject, String data) {
    return "{\"id\":\"e1\",\"subject\":%s,\"source\":\"acme/shop\",\"time\":\"2026-05-24T21:58:00Z\",\"data\":%s}"
        .formatted(JsonValues.write(subject), data);
  }

  static String scheduledRun(String cron) {
    return "{\"schedule\":%s,\"scheduledTime\":\"2026-05-25T12:00:00.000Z\",\"repository\":\"acme/worker\",\"environment\":\"production\"}"
        .formatted(JsonValues.write(cron));
  }

  static String workflowRun(String instanceId) {
    return "{\"workflow\":\"checkout\",\"workflowName\":\"checkout\",\"instanceId\":%s,\"createdAt\":\"2026-05-26T00:00:00.000Z\",\"caller\":%s,\"payload\":{\"orderId\":\"o1\"}}"
        .formatted(JsonValues.write(instanceId), CALLER);
  }
}
