package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal;
import io.w7s.sdk.workflow.WorkflowRef;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about a platform. Its methods return assertions about a part, such as a queue. An app
 * named by text or by a reference is the one in production.
 */
public final class W7sAssert extends AbstractAssert<W7sAssert, InMemoryW7s> {

  W7sAssert(InMemoryW7s actual) {
    super(actual, W7sAssert.class);
  }

  /** Returns assertions about a queue. The reference must name its app. */
  public QueueAssert queue(QueueRef<?> queue) {
    return queue(InMemoryW7s.id(queue));
  }

  /**
   * Returns assertions about a queue.
   *
   * @param app {@code owner/repo}
   */
  public QueueAssert queue(String app, String name) {
    return queue(QueueId.of(app, name));
  }

  /** Returns assertions about a queue in any environment. */
  public QueueAssert queue(QueueId queue) {
    isNotNull();
    return new QueueAssert(actual, queue);
  }

  /**
   * Returns assertions about an app.
   *
   * @param app {@code owner/repo}
   */
  public AppAssert app(String app) {
    return app(AppId.parse(app), Environment.PRODUCTION);
  }

  /** Returns assertions about an app in any environment. */
  public AppAssert app(AppId app, Environment environment) {
    isNotNull();
    return new AppAssert(actual, new AppInstance(app, environment));
  }

  /** Returns assertions about a workflow in production. */
  public WorkflowAssert workflow(WorkflowRef<?, ?> workflow) {
    return workflow(workflow.app().toString(), workflow.name());
  }

  /**
   * Returns assertions about a workflow.
   *
   * @param app {@code owner/repo}
   */
  public WorkflowAssert workflow(String app, String name) {
    isNotNull();
    return new WorkflowAssert(actual, AppId.parse(app), name);
  }

  /**
   * Returns assertions about a schedule of an app.
   *
   * @param app {@code owner/repo}
   */
  public ScheduleAssert schedule(String app, ScheduleRef schedule) {
    isNotNull();
    return new ScheduleAssert(actual, AppId.parse(app), schedule);
  }

  /**
   * Returns assertions about the usage of an app today, by UTC.
   *
   * @param app {@code owner/repo}
   */
  public UsageAssert usage(String app) {
    isNotNull();
    return new UsageAssert(actual, AppId.parse(app));
  }

  /** Returns assertions about the journal. */
  public JournalAssert journal() {
    isNotNull();
    return new JournalAssert(actual.journal());
  }

  /** Checks that no message was dropped on any queue. */
  public W7sAssert hasNoDeadLetters() {
    isNotNull();
    journal().hasNo(Journal.Kind.DEAD_LETTERED);
    return this;
  }
}
