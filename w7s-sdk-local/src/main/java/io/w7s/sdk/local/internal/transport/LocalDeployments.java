package io.w7s.sdk.local.internal.transport;

import io.w7s.sdk.AppId;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.internal.config.LocalSetting;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.spi.MessageStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deploys the apps of this machine on the local platform. An app whose manifest is configured is
 * deployed with it and has nothing else. Any other app is open: it gets every queue and workflow
 * that is asked for, and is deployed again for each new one. Thread-safe.
 */
public final class LocalDeployments {

  private static final Logger log = LoggerFactory.getLogger(LocalDeployments.class);

  private final W7sConfig config;
  private final AppId own;
  private final Platform platform;
  private final Function<AppId, AppHandler> endpoints;
  private final Map<AppId, Deployed> deployed = new ConcurrentHashMap<>();

  /** The apps whose configured manifests subscribe to a subject; null before the first event. */
  private volatile @Nullable Set<AppId> subscribers;

  /**
   * An app as it was last deployed.
   *
   * @param configured whether its manifest comes from the configuration and must not grow
   */
  private record Deployed(Manifest manifest, boolean configured) {

    /** Returns whether an addition changes nothing: a manifest then returns itself. */
    @SuppressWarnings("ReferenceEquality")
    boolean covers(UnaryOperator<Manifest> addition) {
      return configured || addition.apply(manifest) == manifest;
    }
  }

  /**
   * Deploys this process's own app, so that it can make calls and its schedules fire.
   *
   * @param endpoints returns where an app's deliveries go
   */
  public LocalDeployments(
      W7sConfig config, Platform platform, Function<AppId, AppHandler> endpoints) {
    this.config = config;
    this.own = config.app();
    this.platform = platform;
    this.endpoints = endpoints;
    deployed(own);
  }

  /**
   * Declares the queues that a store keeps messages for, so that they are delivered. What cannot be
   * delivered with this configuration stays in the store, and a warning says so.
   */
  public void restore(MessageStore store) {
    for (MessageStore.KeptQueue kept : store.queues()) {
      MessageStore.Queue queue = kept.queue();
      String obstacle = obstacle(queue);
      if (obstacle == null) {
        requireQueue(queue.app(), new Manifest.Queue(queue.name(), kept.consumer()));
        log.info(
            "{} messages of queue {}/{} were kept, and are delivered",
            kept.messages(),
            queue.app(),
            queue.name());
      } else {
        log.warn(
            "{} messages of queue {}/{} in {} were kept, and stay in the store: {}",
            kept.messages(),
            queue.app(),
            queue.name(),
            queue.environment(),
            obstacle);
      }
    }
  }

  private @Nullable String obstacle(MessageStore.Queue queue) {
    AppId app = queue.app();
    if (!queue.environment().equals(config.environment())) {
      return "this process is in " + config.environment();
    }
    if (config.localUrl(app).isEmpty()) {
      return "set " + LocalSetting.URL.names(app) + " to where the app runs";
    }
    boolean undeclared =
        deployed(app).configured()
            && deployed(app).manifest().queues().stream()
                .noneMatch(declared -> declared.name().equals(queue.name()));
    return undeclared ? "the manifest of the app does not declare the queue" : null;
  }

  /**
   * Declares a queue of an open app, unless it is declared.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when the app has a queue of that name with
   *     another consumer path
   */
  void requireQueue(AppId app, Manifest.Queue queue) {
    require(app, manifest -> manifest.withQueue(queue));
  }

  /**
   * Declares a workflow of an open app, unless it is declared.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when the app has a workflow of that name at
   *     another path
   */
  void requireWorkflow(AppId app, Manifest.Workflow workflow) {
    require(app, manifest -> manifest.withWorkflow(workflow));
  }

  /**
   * Deploys all subscribers, and lets this process's own app publish a subject if it is open.
   *
   * @return whether any app subscribes to events
   * @throws io.w7s.sdk.error.ConfigurationException when a manifest's app is ambiguous
   */
  boolean requireSubject(String subject) {
    Set<AppId> apps = subscribers();
    require(
        own,
        manifest -> {
          Manifest publishing = manifest.withPublished(subject);
          for (AppId subscriber : apps) {
            publishing = publishing.withEventsAllow(subscriber.owner());
          }
          return publishing;
        });
    return !apps.isEmpty();
  }

  private Set<AppId> subscribers() {
    Set<AppId> all = subscribers;
    if (all == null) {
      var subscribing = new HashMap<>(config.localManifests());
      subscribing.values().removeIf(manifest -> manifest.eventsSubscribe().isEmpty());
      all = Set.copyOf(subscribing.keySet());
      all.forEach(this::deployed);
      subscribers = all;
    }
    return all;
  }

  /** Returns whether an app lets this process's own app call its routes. */
  boolean allowsRpc(AppId app) {
    if (app.owner().equals(own.owner())) {
      return true;
    }
    Deployed target = deployed(app);
    List<String> allowed = target.manifest().rpcAllow();
    return !target.configured()
        || allowed.contains(own.owner())
        || allowed.contains(own.toString());
  }

  private Deployed deployed(AppId app) {
    Deployed current = deployed.get(app);
    return current == null ? require(app, UnaryOperator.identity()) : current;
  }

  private Deployed require(AppId app, UnaryOperator<Manifest> addition) {
    Deployed current = deployed.get(app);
    return current != null && current.covers(addition) ? current : deploy(app, addition);
  }

  private synchronized Deployed deploy(AppId app, UnaryOperator<Manifest> addition) {
    Deployed current = deployed.get(app);
    if (current != null && current.covers(addition)) {
      return current; // another thread was faster
    }
    Deployed before = current == null ? initial(app) : current;
    Deployed after =
        before.configured() ? before : new Deployed(addition.apply(before.manifest()), false);
    platform.deploy(deployment(app, after.manifest()));
    deployed.put(app, after); // from here on other threads use it
    return after;
  }

  private Deployed initial(AppId app) {
    return config
        .localManifest(app)
        .map(manifest -> new Deployed(withOwnSchedules(app, manifest), true))
        .orElseGet(
            () ->
                new Deployed(
                    Manifest.empty()
                        .withQueueAllow(own.toString())
                        .withWorkflowAllow(own.toString()),
                    false));
  }

  /** Drops the schedules of other apps: they fire where those apps run. */
  private Manifest withOwnSchedules(AppId app, Manifest manifest) {
    if (app.equals(own) && config.localUrl(own).isPresent()) {
      return manifest;
    }
    if (app.equals(own) && !manifest.schedules().isEmpty()) {
      log.warn(
          "The schedules of {} do not fire, because it has no URL: set {} to where it runs",
          own,
          LocalSetting.URL.names(own));
    }
    return manifest.withoutSchedules();
  }

  private Deployment deployment(AppId app, Manifest manifest) {
    Deployment deployment =
        config.localUrl(app).isPresent()
            ? Deployment.of(app, manifest, endpoints.apply(app))
            : Deployment.withoutBackend(app, manifest);
    return deployment.in(config.environment());
  }
}
