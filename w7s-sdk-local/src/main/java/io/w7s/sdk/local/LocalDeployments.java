package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.AppEndpoint;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.internal.config.LocalSetting;
import io.w7s.sdk.manifest.Manifest;
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
 * The apps as the local platform knows them. One whose manifest is given is held to it; any other
 * is open: it has each queue and workflow that is asked of it, and is deployed again for a new one.
 * Thread-safe.
 */
final class LocalDeployments {

  private static final Logger log = LoggerFactory.getLogger(LocalTransport.class);

  private final W7sConfig config;
  private final AppId own;
  private final Platform platform;
  private final Function<AppId, AppEndpoint> endpoints;
  private final Map<AppId, Known> known = new ConcurrentHashMap<>();

  /** The apps whose manifests are given and subscribe to anything; null before anybody asked. */
  private volatile @Nullable Set<AppId> subscribers;

  /** An app as it was last deployed. */
  private record Known(Manifest manifest, boolean given) {

    /** Returns whether there is nothing to be added to it: then it would stay the same object. */
    @SuppressWarnings("ReferenceEquality")
    boolean covers(UnaryOperator<Manifest> more) {
      return given || more.apply(manifest) == manifest;
    }
  }

  /** Deploys the app itself, so that it can make calls and its schedules fire. */
  LocalDeployments(W7sConfig config, Platform platform, Function<AppId, AppEndpoint> endpoints) {
    this.config = config;
    this.own = config.app();
    this.platform = platform;
    this.endpoints = endpoints;
    known(own);
  }

  /**
   * Sees to it that an open app has a queue.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when it has one of that name at another path
   */
  void requireQueue(AppId app, Manifest.Queue queue) {
    require(app, manifest -> manifest.withQueue(queue));
  }

  /**
   * Sees to it that an open app has a workflow.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when it has one of that name at another path
   */
  void requireWorkflow(AppId app, Manifest.Workflow workflow) {
    require(app, manifest -> manifest.withWorkflow(workflow));
  }

  /**
   * Sees to it that all subscribers are known, and that the app may publish where it is open.
   *
   * @return whether there are any subscribers, so that events have somewhere to go
   * @throws io.w7s.sdk.error.ConfigurationException when it is not certain whose a manifest is
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
      all.forEach(this::known);
      subscribers = all;
    }
    return all;
  }

  /** Returns whether an app lets this one call its routes. */
  boolean allowsRpc(AppId app) {
    if (app.owner().equals(own.owner())) {
      return true;
    }
    Known target = known(app);
    List<String> allowed = target.manifest().rpcAllow();
    return !target.given() || allowed.contains(own.owner()) || allowed.contains(own.toString());
  }

  private Known known(AppId app) {
    Known there = known.get(app);
    return there == null ? require(app, UnaryOperator.identity()) : there;
  }

  private Known require(AppId app, UnaryOperator<Manifest> more) {
    Known there = known.get(app);
    return there != null && there.covers(more) ? there : deploy(app, more);
  }

  private synchronized Known deploy(AppId app, UnaryOperator<Manifest> more) {
    Known there = known.get(app);
    if (there != null && there.covers(more)) {
      return there; // another thread was faster
    }
    Known before = there == null ? first(app) : there;
    Known after = before.given() ? before : new Known(more.apply(before.manifest()), false);
    platform.deploy(deployment(app, after.manifest()));
    known.put(app, after); // from here on nobody waits
    return after;
  }

  private Known first(AppId app) {
    return config
        .localManifest(app)
        .map(manifest -> new Known(firingHere(app, manifest), true))
        .orElseGet(
            () ->
                new Known(
                    Manifest.empty()
                        .withQueueAllow(own.toString())
                        .withWorkflowAllow(own.toString()),
                    false));
  }

  /** The schedules of other apps fire where those apps run. */
  private Manifest firingHere(AppId app, Manifest manifest) {
    if (app.equals(own) && config.localUrl(own).isPresent()) {
      return manifest;
    }
    if (app.equals(own) && !manifest.schedules().isEmpty()) {
      log.warn(
          "The schedules of {} do not fire: set {} to where it runs",
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
