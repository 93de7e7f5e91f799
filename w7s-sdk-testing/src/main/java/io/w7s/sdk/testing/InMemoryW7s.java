package io.w7s.sdk.testing;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRunner;
import io.w7s.sdk.app.WorkflowRuns;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.queue.DeliveredMessage;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.spi.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The W7S platform in this JVM, for tests. Apps that are deployed to it call each other as they
 * would on the platform, through the same codecs and envelopes, on the calling thread. It opens no
 * socket and has nothing to close. It starts no thread, with one exception: while an async wait is
 * pending, a daemon thread watches for threads that wait for it without moving the clock; see
 * {@link VirtualTime}.
 *
 * <pre>{@code
 * InMemoryW7s w7s = InMemoryW7s.create();
 * w7s.deploy(worker);
 * w7s.as("acme/order-api").events().publish(ORDER_CREATED, order);
 * w7s.runUntilIdle();
 * }</pre>
 *
 * <p>Only these move the clock: {@link #advance}, {@link #advanceTo}, {@link #runUntilIdle}, and a
 * call that has to wait, such as {@code handle.await(...)} or {@code join} on the future of an
 * async call. A wait that nothing can end fails at once and says what it waited for. Tasks that are
 * due at the same moment run in the order in which they were scheduled, or, with {@link
 * InMemoryW7sBuilder#shuffled()}, in an order that the seed determines. The same program with the
 * same seed has the same history.
 *
 * <p>Methods that name an app by text or by a reference apply to production. For other
 * environments, use the methods with an {@link Environment}, or {@link #platform()}. Thread-safe.
 * Only one thread at a time moves the clock.
 */
public final class InMemoryW7s {

  /** The default start of the clock: 1 January 2026, a Thursday. */
  public static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");

  private final VirtualTime time;
  private final int stepLimit;
  private final JournalRecorder recorder;
  private final Faults faults;
  private final Platform platform;
  private final JsonCodec codec;
  private final AppConnections connections;
  private final Map<AppInstance, DurableApp> durableApps = new ConcurrentHashMap<>();

  /** What goes on with the runs of an app, and knows them. */
  private record DurableApp(WorkflowRunner runner, WorkflowRuns runs) {}

  InMemoryW7s(InMemoryW7sBuilder settings) {
    time = settings.time();
    codec = settings.codec;
    stepLimit = settings.stepLimit;
    recorder = new JournalRecorder(time, settings.journalLimit);
    faults = new Faults(time, recorder);
    faults.add(settings.faults.toArray(new Fault[0]));
    Platform.Builder parts = Platform.builder(time);
    settings.platform.accept(parts);
    parts.enqueueFault(faults.enqueueFault()).listener(recorder);
    platform = (settings.shuffled ? parts.shuffled() : parts).build();
    connections = new AppConnections(platform, faults, time, codec);
  }

  /** Returns a platform with default settings, without limits and without apps. */
  public static InMemoryW7s create() {
    return builder().build();
  }

  /** Returns a builder of a platform. */
  public static InMemoryW7sBuilder builder() {
    return new InMemoryW7sBuilder();
  }

  /**
   * Deploys apps to production. An app that is already deployed is replaced. The durable runs of an
   * app go on when they are due; give its log {@link #time()}.
   */
  public void deploy(W7sApp... apps) {
    deploy(Environment.PRODUCTION, apps);
  }

  /** Deploys apps to an environment. An app that is already deployed is replaced. */
  public void deploy(Environment environment, W7sApp... apps) {
    for (W7sApp app : apps) {
      deploy(environment, app.id(), app.manifest(), app);
      if (app.hasDurableWorkflows()) {
        WorkflowRunner runner =
            WorkflowRunner.builder(app).withoutPoll().drain(Duration.ZERO).start();
        durableApps.put(new AppInstance(app.id(), environment), new DurableApp(runner, app.runs()));
      }
    }
  }

  /**
   * Deploys an app to production with a backend of any kind.
   *
   * @param app {@code owner/repo}
   */
  public void deploy(String app, Manifest manifest, AppHandler backend) {
    deploy(Environment.PRODUCTION, AppId.parse(app), manifest, backend);
  }

  /** Deploys an app to an environment with a backend of any kind. */
  public void deploy(Environment environment, AppId app, Manifest manifest, AppHandler backend) {
    var instance = new AppInstance(app, environment);
    stopRunner(instance);
    connections.deployed(instance);
    var faulty = new FaultyEndpoint(app, backend, faults, time);
    platform.deploy(Deployment.of(app, manifest, faulty).in(environment));
  }

  /**
   * Removes an app from production.
   *
   * @param app {@code owner/repo}
   * @return whether the app was deployed
   */
  public boolean undeploy(String app) {
    return undeploy(AppId.parse(app), Environment.PRODUCTION);
  }

  /**
   * Removes an app from an environment.
   *
   * @return whether the app was deployed
   */
  public boolean undeploy(AppId app, Environment environment) {
    connections.deployed(new AppInstance(app, environment)); // so that no stand-in returns
    stopRunner(new AppInstance(app, environment));
    return platform.remove(new AppInstance(app, environment));
  }

  private void stopRunner(AppInstance app) {
    DurableApp durable = durableApps.remove(app);
    if (durable != null) {
      durable.runner().close();
    }
  }

  /** Returns the durable runs of a deployed app; empty for an app without durable workflows. */
  public Optional<WorkflowRuns> runs(AppInstance app) {
    return Optional.ofNullable(durableApps.get(app)).map(DurableApp::runs);
  }

  /**
   * Returns the client of an app in production; see {@link #as(AppId, Environment)}.
   *
   * @param app {@code owner/repo}
   */
  public W7s as(String app) {
    return as(AppId.parse(app), Environment.PRODUCTION);
  }

  /**
   * Returns the client of an app, which uses the virtual clock. Until the client is closed, this
   * method returns the same one each time. There is no need to close it.
   *
   * <p>If the app is not deployed, this method deploys a stand-in without a backend. Its manifest
   * declares each subject when the app publishes it. So a test of one app need not deploy its
   * callers. When the test deploys the app itself, the app's own manifest applies. When the test
   * removes the app, its calls are refused with 401.
   */
  public W7s as(AppId app, Environment environment) {
    return connections.as(new AppInstance(app, environment));
  }

  /** Returns a builder of a client of an app in production, named {@code owner/repo}. */
  public W7s.Builder connect(String app) {
    return connect(AppId.parse(app), Environment.PRODUCTION);
  }

  /**
   * Returns a builder of a client of an app, for other options, interceptors or codecs. The client
   * uses this platform and its clock. As {@link #as(AppId, Environment)} does, this method deploys
   * a stand-in if the app is not deployed.
   */
  public W7s.Builder connect(AppId app, Environment environment) {
    var instance = new AppInstance(app, environment);
    return connections.connect(instance, connections.transport(instance));
  }

  Transport transportFor(AppId app, Environment environment) {
    return connections.transport(new AppInstance(app, environment));
  }

  /**
   * Runs everything that is due, and moves the clock from one due moment to the next until no
   * message, retry or workflow is left. Schedules that become due meanwhile run, but the clock does
   * not move for them.
   *
   * @return what happened
   * @throws IllegalStateException if something is left after the step limit; the message names what
   *     ran repeatedly
   */
  public Journal runUntilIdle() {
    long before = recorder.written();
    time.runUntilIdle(stepLimit);
    return recorder.after(before);
  }

  /**
   * Moves the clock forward, and runs everything that is due up to and including the new time,
   * schedules too.
   *
   * @param step zero or longer; zero runs what is due now
   * @return what happened
   */
  public Journal advance(Duration step) {
    long before = recorder.written();
    time.advance(step);
    return recorder.after(before);
  }

  /**
   * Moves the clock forward to an instant, as {@link #advance} does.
   *
   * @param instant now or later
   * @return what happened
   */
  public Journal advanceTo(Instant instant) {
    long before = recorder.written();
    time.advanceTo(instant);
    return recorder.after(before);
  }

  /** Returns the virtual time. Does not move the clock. */
  public Instant now() {
    return time.now();
  }

  /** Returns the virtual clock. */
  public VirtualTime time() {
    return time;
  }

  /**
   * Fires a schedule of an app in production, whether it is due or not.
   *
   * @param app {@code owner/repo}
   * @return the result of the run
   * @throws InvalidInputException if the app is not deployed or does not declare the schedule
   */
  public DeliveryResult fire(String app, ScheduleRef schedule) {
    return platform.fire(
        AppInstance.of(AppId.parse(app)), new Manifest.Schedule(schedule.cron(), schedule.path()));
  }

  /**
   * Delivers messages directly to the handler of a queue: once, as one batch, without the queue.
   *
   * @param queue a queue; the reference must name its app
   * @return the result of the delivery
   */
  @SafeVarargs
  public final <T> DeliveryResult deliver(QueueRef<T> queue, T... bodies) {
    var batch = new ArrayList<DeliveredMessage>();
    for (T body : bodies) {
      batch.add(
          new DeliveredMessage(
              "by-hand-" + (batch.size() + 1),
              1,
              now(),
              now(),
              null,
              Bodies.write(codec, body, queue.type())));
    }
    return platform.queues().deliver(id(queue), batch);
  }

  /**
   * Delivers one batch of the messages on a queue that are not delayed, without waiting for a full
   * batch.
   *
   * @param queue a queue; the reference must name its app
   * @return the number of messages in the batch
   */
  public int deliverNow(QueueRef<?> queue) {
    return platform.queues().deliverNow(id(queue));
  }

  /**
   * Returns the bodies of the messages on a queue, delayed ones last. A test of a sender can check
   * them.
   *
   * @param queue a queue; the reference must name its app
   */
  public <T> List<T> waiting(QueueRef<T> queue) {
    return platform.queues().waiting(id(queue)).stream()
        .map(message -> Bodies.read(codec, JsonSlice.of(message.body()), queue.type()))
        .toList();
  }

  /**
   * Changes the delivery settings of a queue from now on.
   *
   * @param queue a queue; the reference must name its app
   */
  public void configure(QueueRef<?> queue, QueueSettings settings) {
    platform.queues().configure(id(queue), settings);
  }

  /** Returns the id of a queue in production. The reference must name its app. */
  public static QueueId id(QueueRef<?> queue) {
    return new QueueId(AppInstance.of(queue.app()), queue.name());
  }

  /** Returns a copy of everything that has happened so far. */
  public Journal journal() {
    return recorder.after(0);
  }

  /** Returns the faults of this platform. There are none until a test adds some. */
  public Faults faults() {
    return faults;
  }

  /** Returns the platform itself, with its queues, workflows, usage and control plane. */
  public Platform platform() {
    return platform;
  }

  /**
   * Makes this the platform that {@code W7s.fromEnvironment()} uses in mode memory on this thread,
   * until the returned scope is closed.
   *
   * @return a scope whose {@code close} restores the previous platform
   */
  public Scope makeCurrent() {
    return CurrentPlatform.set(this);
  }

  /** Keeps a platform current on a thread until it is closed, on the same thread. */
  @FunctionalInterface
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /** Returns the virtual time and the number of deployed apps. */
  @Override
  public String toString() {
    return "InMemoryW7s[" + now() + ", " + platform.deployments().size() + " deployments]";
  }
}
