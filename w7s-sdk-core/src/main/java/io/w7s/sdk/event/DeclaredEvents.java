package io.w7s.sdk.event;

import io.w7s.sdk.AppId;
import io.w7s.sdk.manifest.Manifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the apps of one environment declare of events, put where each question finds it. Never
 * changed: another app makes another one.
 *
 * @param apps the apps that are known
 * @param subscribers by subject, in order
 */
record DeclaredEvents(Map<AppId, App> apps, Map<String, List<Subscriber>> subscribers) {

  static final DeclaredEvents NONE = new DeclaredEvents(Map.of(), Map.of());

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

  Manifest manifest(AppId app) {
    App known = apps.get(app);
    return known == null ? Manifest.empty() : known.manifest();
  }

  /** Returns what is declared once an app has another manifest, or with null none. */
  DeclaredEvents with(AppId app, @Nullable Manifest manifest) {
    var changedApps = new HashMap<>(apps);
    var changed = new HashMap<>(subscribers);
    for (Manifest.Subscription old : manifest(app).eventsSubscribe()) {
      changed.computeIfPresent(old.subject(), (subject, all) -> without(app, all));
    }
    if (manifest == null) {
      changedApps.remove(app);
    } else {
      changedApps.put(app, App.of(manifest));
      for (Manifest.Subscription subscription : manifest.eventsSubscribe()) {
        changed.merge(
            subscription.subject(),
            List.of(subscriber(app, manifest, subscription.queue())),
            DeclaredEvents::inOrder);
      }
    }
    return new DeclaredEvents(changedApps, changed);
  }

  private static @Nullable List<Subscriber> without(AppId app, List<Subscriber> all) {
    List<Subscriber> rest =
        all.stream().filter(subscriber -> !subscriber.app().equals(app)).toList();
    return rest.isEmpty() ? null : rest;
  }

  private static List<Subscriber> inOrder(List<Subscriber> some, List<Subscriber> more) {
    var all = new ArrayList<>(some);
    all.addAll(more);
    Collections.sort(all);
    return List.copyOf(all);
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
