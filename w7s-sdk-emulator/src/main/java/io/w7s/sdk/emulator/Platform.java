package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.spi.Transport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The W7S platform in this JVM: apps are deployed to it, and it routes, fans out, delivers, refuses
 * and loses as the real one does. It opens no socket and starts no thread; what is due runs where
 * its {@link Timeline} says. Thread-safe; no lock is held while a backend runs.
 *
 * <pre>{@code
 * Platform platform = Platform.builder(new VirtualTime(Instant.now(), 42)).build();
 * platform.deploy(Deployment.of(worker));
 * W7s w7s = W7s.builder(config).transport(platform.transportFor(app, environment)).build();
 * }</pre>
 */
public final class Platform {

  private final Timeline timeline;
  private final UsageLedger usage;
  private final Registry registry = new Registry();
  private final Listeners listeners;
  private final QueueEngine engine;
  private final WorkflowStore instances;
  private final RpcService rpc;
  private final QueueService queueService;
  private final WorkflowService workflowService;
  private final Queues queues;
  private final Workflows workflows;
  private final EventService events;
  private final Scheduler scheduler;
  private final WorkflowPolicy policy;

  private Platform(Builder parts) {
    timeline = parts.timeline;
    listeners = new Listeners(parts.listeners);
    usage = new UsageLedger(parts.limits);
    engine = new QueueEngine(parts, this::deliver, listeners);
    instances =
        new WorkflowStore(parts.limits.activeWorkflows(), parts.endedInstancesKept, this::begin);
    rpc = new RpcService(registry, usage, timeline, listeners);
    queueService = new QueueService(registry, usage, timeline, engine);
    queues = new Queues(registry, queueService, engine, parts.queueDefaults);
    workflowService =
        new WorkflowService(registry, usage, timeline, instances, parts.workflowPolicy);
    workflows = new Workflows(workflowService, instances, timeline);
    events = new EventService(registry, usage, timeline, engine, listeners);
    scheduler = new Scheduler(registry, usage, timeline, listeners);
    policy = parts.workflowPolicy;
  }

  private Delivery deliver(List<QueuedMessage> batch) {
    return queueService.deliver(batch);
  }

  private void begin(WorkflowExecution instance) {
    listeners.started(instance);
    timeline
        .agenda()
        .schedule(
            new ExecutionTask(instance, workflowService, policy, instances, timeline, listeners),
            timeline.nanos());
  }

  /** Begins a platform with the platform's own settings, and no limits a day or a minute. */
  public static Builder builder(Timeline timeline) {
    return new Builder(timeline);
  }

  /**
   * Deploys an app, or deploys it again: its new manifest and backend take the place of the old
   * ones, it gets new tokens unless it brought its own, and the old ones are no longer known.
   * Messages on queues that it still declares stay; those on others are dropped.
   *
   * @return the deployment with its tokens
   * @throws InvalidInputException when it brings a token that is another app's
   */
  public Deployment deploy(Deployment wanted) {
    Deployment whole =
        wanted.wantsTokens() ? wanted.withMadeTokens(Tokens.random(timeline.random())) : wanted;
    Caller identity = whole.identity();
    whole.tokens().ifPresent(tokens -> registry.requireUnused(tokens, identity));
    DeployedApp before = registry.find(identity);
    registry.put(new DeployedApp(whole, usage.account(identity), queues::declare));
    dropQueues(before, whole.manifest());
    events.deployed(whole);
    scheduler.arm();
    listeners.deployed(whole);
    return whole;
  }

  private void dropQueues(@Nullable DeployedApp before, Manifest kept) {
    if (before == null) {
      return;
    }
    Set<String> names =
        kept.queues().stream().map(Manifest.Queue::name).collect(Collectors.toSet());
    for (Manifest.Queue queue : before.manifest().queues()) {
      if (!names.contains(queue.name())) {
        Caller owner = before.identity();
        engine.remove(new QueueId(owner.app(), owner.environment(), queue.name()));
      }
    }
  }

  /**
   * Removes an app: others get 404 from it, its tokens are no longer known, and what is on its
   * queues is dropped.
   *
   * @return whether it was there
   */
  public boolean remove(AppId app, Environment environment) {
    DeployedApp before = registry.remove(new Caller(app, environment));
    if (before == null) {
      return false;
    }
    events.removed(app, environment);
    dropQueues(before, Manifest.empty());
    scheduler.arm();
    listeners.removed(app, environment);
    return true;
  }

  /** Returns what is deployed, in the order of environment, owner and repository. */
  public List<Deployment> deployments() {
    return registry.all().stream().map(DeployedApp::deployment).toList();
  }

  /** Returns an app's deployment; empty when it has none in the environment. */
  public Optional<Deployment> deployment(AppId app, Environment environment) {
    return Optional.ofNullable(registry.find(new Caller(app, environment)))
        .map(DeployedApp::deployment);
  }

  /** Returns the platform's HTTP API. */
  public ControlPlane controlPlane() {
    return new ControlPlane(this);
  }

  /**
   * Returns a transport that speaks for an app, with no HTTP in between. The app need not be
   * deployed yet; while it is not, its calls are refused with 401. Closing the transport does
   * nothing to the platform.
   */
  public Transport transportFor(AppId app, Environment environment) {
    return new PlatformTransport(this, new Caller(app, environment));
  }

  /** Returns the queues, to be looked at, configured and delivered from by hand. */
  public Queues queues() {
    return queues;
  }

  /** Returns the workflow instances, to be looked at and run by hand. */
  public Workflows workflows() {
    return workflows;
  }

  /**
   * Fires all schedules that are due in the minute of an instant and have not fired in it.
   *
   * @return what came of each, in the order they fired
   */
  public List<ScheduleOutcome> tick(Instant at) {
    return scheduler.tick(at);
  }

  /**
   * Fires one schedule of an app for this minute, due or not.
   *
   * @throws InvalidInputException when the app is not deployed there or declares no such schedule
   */
  public Delivery fire(AppId app, Environment environment, Manifest.Schedule schedule) {
    DeployedApp owner = registry.find(new Caller(app, environment));
    if (owner == null || !owner.manifest().schedules().contains(schedule)) {
      throw new InvalidInputException(
          "schedule",
          schedule.cron() + " " + schedule.path(),
          "declared by " + new Caller(app, environment));
    }
    return scheduler.fire(owner, schedule, timeline.now().truncatedTo(ChronoUnit.MINUTES));
  }

  /** Returns how many units of a metric an app has used today, by UTC. */
  public long usageToday(AppId app, Environment environment, Metric metric) {
    return usage.today(metric, usage.account(new Caller(app, environment)), timeline.now());
  }

  /** Adds to what an app has used today, as if it had been done. */
  public void addUsage(AppId app, Environment environment, Metric metric, long units) {
    usage.add(metric, usage.account(new Caller(app, environment)), units, timeline.now());
  }

  /** Returns the platform's time. */
  public Timeline timeline() {
    return timeline;
  }

  Registry registry() {
    return registry;
  }

  RpcService rpc() {
    return rpc;
  }

  QueueService queueService() {
    return queueService;
  }

  EventService events() {
    return events;
  }

  WorkflowService workflowService() {
    return workflowService;
  }

  void refused(Caller caller, String operation, String target, Refusal refusal) {
    listeners.refused(caller, operation, target, refusal.status(), refusal.words());
  }

  /** Returns how many apps are deployed. */
  @Override
  public String toString() {
    return "Platform[" + registry.all().size() + " deployments]";
  }

  /** Puts a platform together. Not thread-safe. */
  public static final class Builder {

    final Timeline timeline;
    final List<PlatformListener> listeners = new ArrayList<>();
    Limits limits = Limits.none();
    QueueSettings queueDefaults = QueueSettings.PLATFORM;
    WorkflowPolicy workflowPolicy = WorkflowPolicy.PLATFORM;
    MessageStore store = MessageStore.NONE;
    @Nullable EnqueueFault passage;
    boolean shuffled;
    int deadLettersKept = 10_000;
    int endedInstancesKept = 10_000;

    private Builder(Timeline timeline) {
      this.timeline = timeline;
    }

    /** Sets what apps may do. Default {@link Limits#none()}. */
    public Builder limits(Limits limits) {
      this.limits = limits;
      return this;
    }

    /** Sets how queues deliver of which nothing else is said. Default the platform's way. */
    public Builder queueDefaults(QueueSettings settings) {
      this.queueDefaults = settings;
      return this;
    }

    /** Sets how often and when workflows are run again. Default the platform's way. */
    public Builder workflowPolicy(WorkflowPolicy policy) {
      this.workflowPolicy = policy;
      return this;
    }

    /** Sets what keeps messages. Default {@link MessageStore#NONE}. */
    public Builder store(MessageStore store) {
      this.store = store;
      return this;
    }

    /** Sets what becomes of messages on the way to their queue. Default: each arrives once. */
    public Builder passage(EnqueueFault passage) {
      this.passage = passage;
      return this;
    }

    /** Has batches made up in an order that the timeline's random numbers give. */
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

    /** Adds a listener; they are told in the order they were added. */
    public Builder listener(PlatformListener listener) {
      listeners.add(listener);
      return this;
    }

    /** Returns the platform, with nothing deployed. */
    public Platform build() {
      return new Platform(this);
    }
  }
}
