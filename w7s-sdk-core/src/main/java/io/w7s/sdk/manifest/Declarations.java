package io.w7s.sdk.manifest;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.manifest.Manifest.Queue;
import io.w7s.sdk.manifest.Manifest.Schedule;
import io.w7s.sdk.manifest.Manifest.Subscription;
import io.w7s.sdk.manifest.Manifest.Workflow;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a manifest while they are put together, by the reader or by a {@code with...}
 * method, and then used by one {@link Manifest} only. It checks the rules between entries: what
 * must not be declared twice, and what has to be declared first.
 */
final class Declarations {

  final List<Queue> queues;
  final List<Schedule> schedules;
  final List<Workflow> workflows;
  final List<Binding> bindings;
  final List<Subscription> subscriptions;
  private final Map<NameList, List<String>> names = new EnumMap<>(NameList.class);

  /**
   * Unknown keys, by the entry (a record of this manifest) or the section (its key) they are in.
   */
  private final Map<Object, Map<String, @Nullable Object>> unknown;

  Declarations() {
    queues = new ArrayList<>();
    schedules = new ArrayList<>();
    workflows = new ArrayList<>();
    bindings = new ArrayList<>();
    subscriptions = new ArrayList<>();
    unknown = new LinkedHashMap<>();
  }

  Declarations(Declarations other) {
    queues = new ArrayList<>(other.queues);
    schedules = new ArrayList<>(other.schedules);
    workflows = new ArrayList<>(other.workflows);
    bindings = new ArrayList<>(other.bindings);
    subscriptions = new ArrayList<>(other.subscriptions);
    other.names.forEach((list, all) -> names.put(list, new ArrayList<>(all)));
    unknown = new LinkedHashMap<>(other.unknown);
  }

  void add(Queue queue) {
    String path = "$.queues[" + queues.size() + "].name";
    for (Queue there : queues) {
      refuseTwice(path, there.name().equals(queue.name()), queue.name());
    }
    queues.add(queue);
  }

  void add(Schedule schedule) {
    String path = "$.schedules[" + schedules.size() + "]";
    refuseTwice(path, schedules.contains(schedule), schedule.cron() + " " + schedule.path());
    schedules.add(schedule);
  }

  void add(Workflow workflow) {
    String path = "$.workflows[" + workflows.size() + "].name";
    for (Workflow there : workflows) {
      refuseTwice(path, there.name().equals(workflow.name()), workflow.name());
    }
    workflows.add(workflow);
  }

  void add(Binding binding) {
    List<Binding> sameKind =
        bindings.stream().filter(there -> there.kind().equals(binding.kind())).toList();
    if (Binding.uniqueNames(binding.kind())) {
      String path = "$.bindings." + binding.kind() + "[" + sameKind.size() + "].binding";
      for (Binding there : sameKind) {
        refuseTwice(path, there.name().equals(binding.name()), binding.name());
      }
    }
    bindings.add(binding);
  }

  /** The queues must be added before. */
  void add(Subscription subscription) {
    String path = "$.events.subscribe[" + subscriptions.size() + "]";
    if (queues.stream().noneMatch(queue -> queue.name().equals(subscription.queue()))) {
      throw new InvalidInputException(
          path + ".queue", Names.quoted(subscription.queue()), "the name of a queue in $.queues");
    }
    refuseTwice(
        path,
        subscriptions.contains(subscription),
        subscription.subject() + " to " + subscription.queue());
    subscriptions.add(subscription);
  }

  void add(NameList list, String name) {
    refuseTwice(nextPath(list), list.unique() && names(list).contains(name), name);
    names.computeIfAbsent(list, none -> new ArrayList<>()).add(name);
  }

  List<String> names(NameList list) {
    return List.copyOf(names.getOrDefault(list, List.of()));
  }

  /** The JSON path of the name that is added next. */
  String nextPath(NameList list) {
    return list.path() + "[" + names.getOrDefault(list, List.of()).size() + "]";
  }

  /** Keeps the unknown keys of an object. */
  void keepUnknown(Object place, Map<String, @Nullable Object> keys) {
    if (!keys.isEmpty()) {
      unknown.put(place, keys);
    }
  }

  Map<String, @Nullable Object> unknown(Object place) {
    return unknown.getOrDefault(place, Map.of());
  }

  private static void refuseTwice(String path, boolean isThere, String what) {
    if (isThere) {
      throw new InvalidInputException(
          path, Names.quoted(what) + " a second time", "declared only once");
    }
  }
}
