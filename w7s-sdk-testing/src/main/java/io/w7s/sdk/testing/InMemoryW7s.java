package io.w7s.sdk.testing;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
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

/**
 * The W7S platform in this JVM, for tests: apps are deployed to it, and everything between them
 * runs as it would on the platform, through the same codecs and envelopes, on the calling thread.
 * It opens no socket and has nothing to close. It starts no thread, with one exception: while an
 * async wait is not done, a daemon thread looks after threads that wait for it in a way that does
 * not move the clock; see {@link VirtualTime}.
 *
 * <pre>{@code
 * InMemoryW7s w7s = InMemoryW7s.create();
 * w7s.deploy(worker);
 * w7s.as("acme/order-api").events().publish(ORDER_CREATED, order);
 * w7s.runUntilIdle();
 * }</pre>
 *
 * <p>The clock moves only when it is told to: by {@link #advance} and {@link #runUntilIdle}, and by
 * a call that has to wait, such as {@code handle.await(...)} or the {@code join} of an async call's
 * future. A wait that nothing can end fails at once and says what it waited for. What is due at the
 * same moment runs in the order it was scheduled, or with {@link InMemoryW7sBuilder#shuffled()} in
 * one that the seed gives: the same program with the same seed has the same history.
 *
 * <p>Methods that take an app as text or a reference mean production; {@link #platform()} reaches
 * the rest. Thread-safe; one thread at a time moves the clock.
 */
public final class InMemoryW7s {

  /** Where the clock starts when nothing else is said: the first of January 2026, a Thursday. */
  public static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");

  private final VirtualTime time;
  private final int stepLimit;
  private final JournalRecorder recorder;
  private final Faults faults;
  private final Platform platform;
  private final JsonCodec codec;
  private final AppConnections connections;

  InMemoryW7s(InMemoryW7sBuilder settings) {
    time = settings.time();
    codec = settings.codec;
    stepLimit = settings.stepLimit;
    recorder = new JournalRecorder(time, settings.journalLimit);
    faults = new Faults(time, recorder);
    faults.add(settings.faults.toArray(new Fault[0]));
    Platform.Builder parts =
        settings
            .platform
            .apply(Platform.builder(time))
            .enqueueFault(faults.passage())
            .listener(recorder);
    platform = (settings.shuffled ? parts.shuffled() : parts).build();
    connections = new AppConnections(platform, faults, time, codec);
  }

  /** Returns a platform with the platform's own settings, no limits and nothing deployed. */
  public static InMemoryW7s create() {
    return builder().build();
  }

  /** Begins a platform with settings of its own. */
  public static InMemoryW7sBuilder builder() {
    return new InMemoryW7sBuilder();
  }

  /** Deploys apps to production, or deploys them again. */
  public void deploy(W7sApp... apps) {
    deploy(Environment.PRODUCTION, apps);
  }

  /** Deploys apps to an environment, or deploys them again. */
  public void deploy(Environment environment, W7sApp... apps) {
    for (W7sApp app : apps) {
      deploy(environment, app.id(), app.manifest(), app);
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
    connections.deployed(new AppInstance(app, environment));
    var faulty = new FaultyEndpoint(app, backend, faults, time);
    platform.deploy(Deployment.of(app, manifest, faulty).in(environment));
  }

  /**
   * Removes an app from production.
   *
   * @return whether it was there
   */
  public boolean undeploy(String app) {
    return undeploy(AppId.parse(app), Environment.PRODUCTION);
  }

  /**
   * Removes an app from an environment.
   *
   * @return whether it was there
   */
  public boolean undeploy(AppId app, Environment environment) {
    connections.deployed(new AppInstance(app, environment)); // so that no stand-in returns
    return platform.remove(new AppInstance(app, environment));
  }

  /**
   * Returns what an app in production makes its calls with; see {@link #as(AppId, Environment)}.
   */
  public W7s as(String app) {
    return as(AppId.parse(app), Environment.PRODUCTION);
  }

  /**
   * Returns what an app makes its calls with, under the virtual clock. It is the same for each call
   * of this method until it is closed, which need not be done.
   *
   * <p>An app that is not deployed by then is stood in for: it is deployed without a backend and
   * with a manifest that declares each subject as the app publishes it, so that a test of one app
   * need not deploy those that call it. Once the test deploys the app itself, its own manifest
   * counts; once it is undeployed, its calls are refused with 401.
   */
  public W7s as(AppId app, Environment environment) {
    return connections.as(new AppInstance(app, environment));
  }

  /**
   * Begins a W7s of an app with options, listeners or a codec of its own, on this platform and
   * under its clock. Otherwise it is as that of {@link #as(AppId, Environment)}.
   */
  public W7s.Builder connect(AppId app, Environment environment) {
    var instance = new AppInstance(app, environment);
    return connections.connect(instance, connections.transport(instance));
  }

  Transport transportFor(AppId app, Environment environment) {
    return connections.transport(new AppInstance(app, environment));
  }

  /**
   * Runs everything due now, and moves the clock from one due moment to the next until no message,
   * retry or workflow is left. Schedules that are due on the way run, but the clock does not move
   * for them.
   *
   * @return what happened
   * @throws IllegalStateException when that does not come to an end; the message names what ran
   *     again and again
   */
  public Journal runUntilIdle() {
    long before = recorder.written();
    time.runUntilIdle(stepLimit);
    return recorder.after(before);
  }

  /**
   * Moves the clock on, and runs everything due up to and including the new time, schedules too.
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
   * Moves the clock on to an instant, as {@link #advance} does.
   *
   * @param instant now or later
   * @return what happened
   */
  public Journal advanceTo(Instant instant) {
    long before = recorder.written();
    time.advanceTo(instant);
    return recorder.after(before);
  }

  /** Returns the virtual time. Reading it does not move it. */
  public Instant now() {
    return time.now();
  }

  /** Returns the virtual clock. */
  public VirtualTime time() {
    return time;
  }

  /**
   * Fires a schedule of an app in production by hand, due or not.
   *
   * @return what came of it
   * @throws InvalidInputException when the app is not deployed or declares no such schedule
   */
  public DeliveryResult fire(String app, ScheduleRef schedule) {
    return platform.fire(
        AppInstance.of(AppId.parse(app)), new Manifest.Schedule(schedule.cron(), schedule.path()));
  }

  /**
   * Hands messages to a queue's handler by hand: once, as one batch, past the queue.
   *
   * @param queue the queue, named with its app
   * @return what came of it
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
   * Delivers one batch of what waits on a queue and is not delayed, without waiting for more.
   *
   * @param queue the queue, named with its app
   * @return how many messages went out
   */
  public int deliverNow(QueueRef<?> queue) {
    return platform.queues().deliverNow(id(queue));
  }

  /**
   * Returns the bodies of the messages on a queue, delayed ones last: what a test of a sender looks
   * at.
   *
   * @param queue the queue, named with its app
   */
  public <T> List<T> waiting(QueueRef<T> queue) {
    return platform.queues().waiting(id(queue)).stream()
        .map(message -> Bodies.read(codec, JsonSlice.of(message.body()), queue.type()))
        .toList();
  }

  /**
   * Sets how a queue delivers, from now on.
   *
   * @param queue the queue, named with its app
   */
  public void configure(QueueRef<?> queue, QueueSettings settings) {
    platform.queues().configure(id(queue), settings);
  }

  /** Returns the queue in production that a reference names. */
  public static QueueId id(QueueRef<?> queue) {
    return new QueueId(AppInstance.of(queue.app()), queue.name());
  }

  /** Returns what happened so far. */
  public Journal journal() {
    return recorder.after(0);
  }

  /** Returns what goes wrong on this platform: nothing until it is added. */
  public Faults faults() {
    return faults;
  }

  /** Returns the platform itself: queues, workflows, usage, the control plane. */
  public Platform platform() {
    return platform;
  }

  /**
   * Makes this the platform that {@code W7s.fromEnvironment()} finds in mode memory on this thread,
   * until the scope is closed.
   *
   * @return what ends it, and brings back the one before
   */
  public Scope makeCurrent() {
    return CurrentPlatform.set(this);
  }

  /** As long as a platform is current on a thread; closed on the same thread. */
  @FunctionalInterface
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /** Returns the virtual time and how many apps are deployed. */
  @Override
  public String toString() {
    return "InMemoryW7s[" + now() + ", " + platform.deployments().size() + " deployments]";
  }
}
