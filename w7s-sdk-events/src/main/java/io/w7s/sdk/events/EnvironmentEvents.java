package io.w7s.sdk.events;

import io.w7s.sdk.AppId;
import io.w7s.sdk.manifest.Manifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The events that the apps of one environment declare, indexed by app and by subject. Changes come
 * one after the other; what a reader sees of one subject is always complete. Thread-safe.
 */
final class EnvironmentEvents {

  /**
   * An app's manifest, and the parts of it that are looked up for each event.
   *
   * @param publishes the subjects that the app publishes
   * @param allow the other owners and apps that may have its events
   */
  private record App(Manifest manifest, Set<String> publishes, Set<String> allow) {

    static App of(Manifest manifest) {
      return new App(
          manifest, Set.copyOf(manifest.eventsPublish()), Set.copyOf(manifest.eventsAllow()));
    }
  }

  private final Map<AppId, App> apps = new ConcurrentHashMap<>();

  /** By subject, each list in order and unmodifiable; none is empty. */
  private final Map<String, List<Subscriber>> subscribers = new ConcurrentHashMap<>();

  int countApps() {
    return apps.size();
  }

  boolean publishes(AppId app, String subject) {
    App known = apps.get(app);
    return known != null && known.publishes().contains(subject);
  }

  boolean allows(AppId publisher, AppId subscriber) {
    App known = apps.get(publisher);
    return known != null
        && (known.allow().contains(subscriber.owner())
            || known.allow().contains(subscriber.toString()));
  }

  List<Subscriber> subscribers(String subject) {
    return subscribers.getOrDefault(subject, List.of());
  }

  SortedMap<String, List<Subscriber>> subscriptions() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(subscribers));
  }

  /**
   * Changes the manifest of an app.
   *
   * @param change is handed the manifest known so far, an empty one for an unknown app
   */
  synchronized void change(AppId app, UnaryOperator<Manifest> change) {
    App before = apps.get(app);
    Manifest manifest = change.apply(before == null ? Manifest.empty() : before.manifest());
    apps.put(app, App.of(manifest));
    replaceSubscriptions(app, before, manifest);
  }

  synchronized void remove(AppId app) {
    App before = apps.remove(app);
    replaceSubscriptions(app, before, Manifest.empty());
  }

  /** Replaces subject by subject, so that no event misses a subscription that stays. */
  private void replaceSubscriptions(AppId app, @Nullable App before, Manifest manifest) {
    var changed = new TreeMap<String, List<Subscriber>>();
    if (before != null) {
      before
          .manifest()
          .eventsSubscribe()
          .forEach(old -> changed.put(old.subject(), new ArrayList<>()));
    }
    for (Manifest.Subscription subscription : manifest.eventsSubscribe()) {
      changed
          .computeIfAbsent(subscription.subject(), subject -> new ArrayList<>())
          .add(subscriber(app, manifest, subscription.queue()));
    }
    changed.forEach(
        (subject, own) ->
            subscribers.compute(
                subject, (same, all) -> replaced(all == null ? List.of() : all, app, own)));
  }

  /** Returns the subscribers of a subject with those of one app replaced; null for none. */
  private static @Nullable List<Subscriber> replaced(
      List<Subscriber> all, AppId app, List<Subscriber> own) {
    var replaced = new ArrayList<Subscriber>(all.size() + own.size());
    for (Subscriber each : all) {
      if (!each.app().equals(app)) {
        replaced.add(each);
      }
    }
    for (Subscriber each : own) {
      int place = Collections.binarySearch(replaced, each);
      if (place < 0) {
        replaced.add(-place - 1, each);
      }
    }
    return replaced.isEmpty() ? null : List.copyOf(replaced);
  }

  private static Subscriber subscriber(AppId app, Manifest manifest, String queue) {
    return manifest.queues().stream()
        .filter(declared -> declared.name().equals(queue))
        .findFirst()
        .map(declared -> new Subscriber(app, queue, declared.consumer()))
        .orElseThrow(); // a manifest refuses a subscription of a queue that it does not declare
  }
}
