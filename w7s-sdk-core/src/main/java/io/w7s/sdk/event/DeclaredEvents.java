package io.w7s.sdk.event;

import io.w7s.sdk.AppId;
import io.w7s.sdk.manifest.Manifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the apps of one environment declare of events, put where each question finds it. Thread-safe
 * for questions; changes come one at a time. The subscribers of a subject change in one step.
 */
final class DeclaredEvents {

  private final Map<AppId, App> apps = new ConcurrentHashMap<>();
  private final Map<String, List<Subscriber>> subscribers = new ConcurrentHashMap<>();

  /**
   * An app's manifest, and out of it what is asked for each event.
   *
   * @param publishes the subjects that it publishes
   * @param allow the other owners and apps that may have its events
   */
  record App(Manifest manifest, Set<String> publishes, Set<String> allow) {

    static App of(Manifest manifest) {
      return new App(
          manifest, Set.copyOf(manifest.eventsPublish()), Set.copyOf(manifest.eventsAllow()));
    }
  }

  /** Returns an app; null when it is not known. */
  @Nullable App app(AppId app) {
    return apps.get(app);
  }

  /** Returns how many apps are known. */
  int size() {
    return apps.size();
  }

  /** Returns the subscribers of a subject, in order; unmodifiable. */
  List<Subscriber> subscribers(String subject) {
    return subscribers.getOrDefault(subject, List.of());
  }

  Manifest manifest(AppId app) {
    App known = apps.get(app);
    return known == null ? Manifest.empty() : known.manifest();
  }

  /** Gives an app another manifest, or with null none. */
  void put(AppId app, @Nullable Manifest manifest) {
    Manifest before = manifest(app);
    Manifest after = manifest == null ? Manifest.empty() : manifest;
    if (manifest == null) {
      apps.remove(app);
    } else {
      apps.put(app, App.of(manifest));
    }
    var subjects = new HashSet<String>();
    before.eventsSubscribe().forEach(old -> subjects.add(old.subject()));
    after.eventsSubscribe().forEach(added -> subjects.add(added.subject()));
    for (String subject : subjects) {
      subscribers.compute(subject, (same, all) -> changed(all, app, after, subject));
    }
  }

  private static @Nullable List<Subscriber> changed(
      @Nullable List<Subscriber> before, AppId app, Manifest after, String subject) {
    var all = new ArrayList<Subscriber>();
    if (before != null) {
      before.stream().filter(subscriber -> !subscriber.app().equals(app)).forEach(all::add);
    }
    for (Manifest.Subscription subscription : after.eventsSubscribe()) {
      if (subscription.subject().equals(subject)) {
        all.add(subscriber(app, after, subscription.queue()));
      }
    }
    Collections.sort(all);
    return all.isEmpty() ? null : List.copyOf(all);
  }

  private static Subscriber subscriber(AppId app, Manifest manifest, String queue) {
    return manifest.queues().stream()
        .filter(declared -> declared.name().equals(queue))
        .findFirst()
        .map(declared -> new Subscriber(app, queue, declared.consumer()))
        .orElseThrow(); // a manifest refuses a subscription to a queue that it does not declare
  }

  SortedMap<String, List<Subscriber>> sorted() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(subscribers));
  }
}
