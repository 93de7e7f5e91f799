package io.w7s.sdk.manifest;

import io.w7s.sdk.internal.json.JsonValues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Finds the differences between two manifests, entry by entry, whatever their order. */
final class ManifestComparison {

  private final List<Difference> found = new ArrayList<>();

  private ManifestComparison() {}

  static List<Difference> between(Declarations ours, Declarations theirs) {
    var comparison = new ManifestComparison();
    comparison.compare(ours, theirs);
    return List.copyOf(comparison.found);
  }

  private void compare(Declarations ours, Declarations theirs) {
    compare(
        "$.queues[%s]",
        ".consumer",
        byKey(ours.queues, Manifest.Queue::name, Manifest.Queue::consumer),
        byKey(theirs.queues, Manifest.Queue::name, Manifest.Queue::consumer));
    compare(
        "$.schedules[%s]",
        ".cron",
        byKey(ours.schedules, Manifest.Schedule::path, schedule -> schedule.cron().toString()),
        byKey(theirs.schedules, Manifest.Schedule::path, schedule -> schedule.cron().toString()));
    compare(
        "$.workflows[%s]",
        ".path",
        byKey(ours.workflows, Manifest.Workflow::name, Manifest.Workflow::path),
        byKey(theirs.workflows, Manifest.Workflow::name, Manifest.Workflow::path));
    compare(
        "$.events.subscribe[%s]",
        ".queue",
        byKey(ours.subscriptions, Manifest.Subscription::subject, Manifest.Subscription::queue),
        byKey(theirs.subscriptions, Manifest.Subscription::subject, Manifest.Subscription::queue));
    compare(
        "$.bindings.%s",
        "",
        byKey(ours.bindings, ManifestComparison::bindingKey, ManifestWriter::platformForm),
        byKey(theirs.bindings, ManifestComparison::bindingKey, ManifestWriter::platformForm));
    for (NameList list : NameList.values()) {
      compare(
          list.path() + "[%s]",
          "",
          byKey(ours.names(list), name -> name, name -> name),
          byKey(theirs.names(list), name -> name, name -> name));
    }
  }

  private static String bindingKey(Binding binding) {
    return binding.kind() + "[" + binding.name() + "]";
  }

  /** The JSON text of each entry's value, by the entry's key: a path may have two schedules. */
  private static <E> Map<String, SortedSet<String>> byKey(
      Collection<E> entries, Function<E, String> key, Function<E, Object> value) {
    var byKey = new TreeMap<String, SortedSet<String>>();
    for (E entry : entries) {
      byKey
          .computeIfAbsent(key.apply(entry), none -> new TreeSet<>())
          .add(JsonValues.write(value.apply(entry)));
    }
    return byKey;
  }

  private void compare(
      String place,
      String attribute,
      Map<String, SortedSet<String>> ours,
      Map<String, SortedSet<String>> theirs) {
    var keys = new TreeSet<>(ours.keySet());
    keys.addAll(theirs.keySet());
    for (String key : keys) {
      SortedSet<String> our = ours.getOrDefault(key, new TreeSet<>());
      SortedSet<String> their = theirs.getOrDefault(key, new TreeSet<>());
      String entry = place.formatted(key);
      String path = our.isEmpty() || their.isEmpty() ? entry : entry + attribute;
      List<String> onlyOurs = our.stream().filter(value -> !their.contains(value)).toList();
      List<String> onlyTheirs = their.stream().filter(value -> !our.contains(value)).toList();
      for (int i = 0; i < Math.max(onlyOurs.size(), onlyTheirs.size()); i++) {
        found.add(
            new Difference(
                path,
                i < onlyOurs.size() ? onlyOurs.get(i) : null,
                i < onlyTheirs.size() ? onlyTheirs.get(i) : null));
      }
    }
  }
}
