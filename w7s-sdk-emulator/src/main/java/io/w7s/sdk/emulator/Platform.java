package io.w7s.sdk.emulator;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.internal.control.ControlPlane;
import io.w7s.sdk.emulator.internal.control.PlatformServices;
import io.w7s.sdk.emulator.internal.control.PlatformTransport;
import io.w7s.sdk.emulator.internal.control.RpcService;
import io.w7s.sdk.emulator.internal.event.EventService;
import io.w7s.sdk.emulator.internal.queue.QueueEngine;
import io.w7s.sdk.emulator.internal.queue.QueueOptions;
import io.w7s.sdk.emulator.internal.queue.QueueService;
import io.w7s.sdk.emulator.internal.schedule.Scheduler;
import io.w7s.sdk.emulator.internal.workflow.WorkflowService;
import io.w7s.sdk.emulator.queue.EnqueueFault;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.emulator.queue.Queues;
import io.w7s.sdk.emulator.schedule.FiredSchedule;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.emulator.workflow.WorkflowPolicy;
import io.w7s.sdk.emulator.workflow.Workflows;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.spi.MessageStore;
import io.w7s.sdk.spi.Transport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The W7S platform in this JVM. Apps are deployed to it, and it routes, fans out, delivers, refuses
 * and drops messages as the real platform does. It opens no socket and starts no thread: its {@link
 * Timeline} decides when and where due work runs. Thread-safe; no lock is held while a backend
 * runs.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime(Instant.now(), 42);
 * Platform platform = Platform.builder(time).build();
 * platform.deploy(Deployment.of(worker));
 * W7s w7s = W7s.builder(config).transport(platform.transportFor(app)).time(time).build();
 * }</pre>
 */
public final class Platform {

  private final Timeline timeline;
  private final PlatformListener listeners;
  private final Limits limits;
  private final MessageStore store;
  private final UsageLedger usage;
  private final Registry registry = new Registry();
  private final QueueEngine queues;
  private final WorkflowService workflows;
  private final EventService events;
  private final Scheduler scheduler;
  private final PlatformServices services;

  /** Held while an app changes together with its queues, events and schedules. */
  private final Object changes = new Object();

  private Platform(Builder settings) {
    timeline = settings.timeline;
    listeners =
        settings.listeners.isEmpty()
            ? new PlatformListener() {}
            : new Listeners(settings.listeners);
    limits = settings.limits;
    store = settings.store;
    usage = new UsageLedger(settings.limits, timeline);
    queues = new QueueEngine(registry, usage, timeline, listeners, settings.queueOptions());
    workflows =
        new WorkflowService(
            registry,
            usage,
            timeline,
            listeners,
            settings.workflowPolicy,
            settings.limits.activeWorkflows(),
            settings.endedInstancesKept,
            settings.strictWorkflowIds);
    events = new EventService(registry, usage, timeline, queues, listeners);
    scheduler = new Scheduler(usage, timeline, listeners);
    services =
        new PlatformServices(
            registry,
            new RpcService(registry, usage, timeline, listeners),
            new QueueService(registry, usage, timeline, queues),
            workflows,
            events,
            listeners);
  }

  /** Begins a platform with the settings of the real one, and no limits per day or minute. */
  public static Builder builder(Timeline timeline) {
    return new Builder(timeline);
  }

  /**
   * Deploys an app, or deploys it again. The new manifest and backend replace the old ones. The app
   * gets new tokens unless they were chosen, and the old ones become invalid. Messages stay on
   * queues that the app still declares; those on other queues are dropped.
   *
   * @return the deployment with its tokens
   * @throws InvalidInputException when a chosen token belongs to another app, or, under limits,
   *     when the manifest exceeds the platform's caps; see {@link Manifest#beyondPlatformCaps()}
   */
  public Deployment deploy(Deployment wanted) {
    List<String> beyond = wanted.manifest().beyondPlatformCaps();
    if (limits.areOn() && !beyond.isEmpty()) {
      throw new InvalidInputException(
          "manifest of " + wanted.instance(),
          String.join(", ", beyond),
          "what the platform deploys");
    }
    Deployment deployment = wanted.withGeneratedTokens(timeline.random());
    AppInstance instance = deployment.instance();
    var after = new DeployedApp(deployment, usage.account(instance));
    synchronized (changes) {
      if (deployment == wanted) { // its tokens are chosen; generated ones are nobody else's
        wanted.tokens().ifPresent(chosen -> registry.requireUnused(chosen, instance));
      }
      DeployedApp before = registry.find(instance);
      queues.declare(after);
      registry.put(after);
      queues.start(after);
      if (before != null) {
        queues.remove(before, after.manifest());
      }
      events.deployed(deployment);
      scheduler.deployed(after);
      listeners.deployed(deployment);
    }
    return deployment;
  }

  /**
   * Removes an app: calls to it are refused with 404, its tokens become invalid, and the messages
   * on its queues are dropped.
   *
   * @return whether it was deployed
   */
  public boolean remove(AppInstance app) {
    synchronized (changes) {
      DeployedApp before = registry.remove(app);
      if (before == null) {
        return false;
      }
      events.removed(app);
      queues.remove(before, Manifest.empty());
      scheduler.removed(app);
      listeners.removed(app);
      return true;
    }
  }

  /** Returns all deployments, in the order of environment, owner and repository. */
  public List<Deployment> deployments() {
    return registry.all().stream().map(DeployedApp::deployment).toList();
  }

  /** Returns an app's deployment; empty when it is not deployed. */
  public Optional<Deployment> deployment(AppInstance app) {
    return Optional.ofNullable(registry.find(app)).map(DeployedApp::deployment);
  }

  /**
   * Returns the HTTP API of the platform without HTTP: {@code /api/v1/rpc/}, {@code
   * /api/v1/queues/}, {@code /api/v1/workflows/}, {@code /api/v1/events/} and {@code /health}.
   * Paths and queries of requests are percent-encoded, as they arrived. Only the bearer token
   * identifies the caller. Content types are those of the platform, also odd ones: some refusals of
   * workflow calls are JSON with the type {@code text/plain}. Backends run on the calling thread.
   */
  public AppHandler controlPlane() {
    return new ControlPlane(services);
  }

  /**
   * Returns a transport for the calls of an app, without HTTP. While the app is not deployed, its
   * calls are refused with 401. Closing the transport does not affect the platform.
   */
  public Transport transportFor(AppInstance app) {
    return new PlatformTransport(services, app, timeline);
  }

  /** Returns the queues, so that a test can look at them, configure them and deliver by hand. */
  public Queues queues() {
    return queues;
  }

  /** Returns the workflow executions, so that a test can look at them and run them by hand. */
  public Workflows workflows() {
    return workflows;
  }

  /**
   * Fires all schedules that are due in the minute of an instant and have not fired for it yet.
   *
   * @return the schedules in the order in which they fired
   */
  public List<FiredSchedule> fireDue(Instant at) {
    return scheduler.fireDue(at);
  }

  /**
   * Fires one schedule of an app for this minute, due or not.
   *
   * @throws InvalidInputException when the app is not deployed there or declares no such schedule
   */
  public DeliveryResult fire(AppInstance app, Manifest.Schedule schedule) {
    DeployedApp owner = registry.find(app);
    if (owner == null || !owner.manifest().schedules().contains(schedule)) {
      throw new InvalidInputException(
          "schedule", schedule.cron() + " " + schedule.path(), "declared by " + app);
    }
    return scheduler.fire(owner, schedule, timeline.now().truncatedTo(ChronoUnit.MINUTES));
  }

  /**
   * Suspends an app, as the platform does when an app uses too much. Calls to it are then refused
   * with 429: requests, sends to its queues, starts and status requests of its workflows, and
   * events for its queues. Messages that are on its queues are still delivered, and its own calls
   * are not refused. It stays suspended when it is deployed again.
   */
  public void suspend(AppInstance app) {
    usage.account(app).suspend(true);
  }

  /** Ends the suspension of an app; does nothing when it is not suspended. */
  public void resume(AppInstance app) {
    usage.account(app).suspend(false);
  }

  /** Returns whether an app is suspended. */
  public boolean isSuspended(AppInstance app) {
    return usage.account(app).isSuspended();
  }

  /** Returns how many units of a metric an app has used today, by UTC. */
  public long usageToday(AppInstance app, Metric metric) {
    return usage.today(metric, usage.account(app), timeline.now());
  }

  /** Counts units of a metric for an app today, as if the app had used them. */
  public void addUsage(AppInstance app, Metric metric, long units) {
    usage.add(metric, usage.account(app), units, timeline.now());
  }

  /** Returns the store that keeps messages; {@link MessageStore#NONE} when none was set. */
  public MessageStore store() {
    return store;
  }

  /** Returns the platform's time. */
  public Timeline timeline() {
    return timeline;
  }

  /** Returns how many apps are deployed. */
  @Override
  public String toString() {
    return "Platform[" + registry.size() + " deployments]";
  }

  /** Builds a platform. Not thread-safe. */
  public static final class Builder {

    private final Timeline timeline;
    private final List<PlatformListener> listeners = new ArrayList<>();
    private Limits limits = Limits.none();
    private QueueSettings queueDefaults = QueueSettings.PLATFORM;
    private WorkflowPolicy workflowPolicy = WorkflowPolicy.PLATFORM;
    private MessageStore store = MessageStore.NONE;
    private @Nullable EnqueueFault enqueueFault;
    private boolean shuffled;
    private boolean strictWorkflowIds;
    private int deadLettersKept = 10_000;
    private int endedInstancesKept = 10_000;

    private Builder(Timeline timeline) {
      this.timeline = requireNonNull(timeline, "timeline");
    }

    private QueueOptions queueOptions() {
      return new QueueOptions(queueDefaults, store, enqueueFault, shuffled, deadLettersKept);
    }

    /** Sets the limits of apps. Default {@link Limits#none()}. */
    public Builder limits(Limits limits) {
      this.limits = requireNonNull(limits, "limits");
      return this;
    }

    /**
     * Sets how queues deliver unless {@link Queues#configure} sets something else. Default {@link
     * QueueSettings#PLATFORM}.
     */
    public Builder queueDefaults(QueueSettings settings) {
      this.queueDefaults = requireNonNull(settings, "settings");
      return this;
    }

    /** Sets how often and when workflows are retried. Default {@link WorkflowPolicy#PLATFORM}. */
    public Builder workflowPolicy(WorkflowPolicy policy) {
      this.workflowPolicy = requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Refuses the start of a workflow whose instance id is taken, with 500 and {@code
     * instance.already_exists}, as the store behind the platform does. By default such a start
     * finds the instance that is there.
     */
    public Builder strictWorkflowIds() {
      this.strictWorkflowIds = true;
      return this;
    }

    /**
     * Sets the store that keeps messages. It stays the caller's to close, after the last delivery.
     * Default {@link MessageStore#NONE}.
     */
    public Builder store(MessageStore store) {
      this.store = requireNonNull(store, "store");
      return this;
    }

    /** Loses, duplicates or delays messages before they reach their queue. Default: none. */
    public Builder enqueueFault(EnqueueFault fault) {
      this.enqueueFault = requireNonNull(fault, "fault");
      return this;
    }

    /** Fills batches in a random order, given by the random numbers of the timeline. */
    public Builder shuffled() {
      this.shuffled = true;
      return this;
    }

    /**
     * Sets how many dead letters are kept, 0 or more; the oldest go first. Default 10,000.
     *
     * @throws InvalidInputException when it is negative
     */
    public Builder deadLettersKept(int most) {
      if (most < 0) {
        throw new InvalidInputException("dead letters kept", String.valueOf(most), "0 or more");
      }
      this.deadLettersKept = most;
      return this;
    }

    /**
     * Sets how many workflow instances are kept that have ended, 0 or more. Default 10,000.
     *
     * @throws InvalidInputException when it is negative
     */
    public Builder endedInstancesKept(int most) {
      if (most < 0) {
        throw new InvalidInputException("ended instances kept", String.valueOf(most), "0 or more");
      }
      this.endedInstancesKept = most;
      return this;
    }

    /** Adds a listener. Listeners are called in the order in which they were added. */
    public Builder listener(PlatformListener listener) {
      listeners.add(requireNonNull(listener, "listener"));
      return this;
    }

    /** Returns the platform, with nothing deployed. */
    public Platform build() {
      return new Platform(this);
    }
  }
}
