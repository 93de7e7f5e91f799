package io.w7s.sdk.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns a manifest's contents into JSON values, in an order that does not depend on the input. */
final class ManifestWriter {

  private final Declarations declared;

  /** True to write for the platform: all of its sections, and nothing that it does not know. */
  private final boolean forPlatform;

  private ManifestWriter(Declarations declared, boolean forPlatform) {
    this.declared = declared;
    this.forPlatform = forPlatform;
  }

  /** The manifest as people keep it: no empty sections, all unknown keys. */
  static Map<String, @Nullable Object> document(Declarations declared) {
    return new ManifestWriter(declared, false).manifest();
  }

  /** The manifest as the platform keeps it. */
  static Map<String, @Nullable Object> platformForm(Declarations declared) {
    return new ManifestWriter(declared, true).manifest();
  }

  /** One binding as the platform keeps it. */
  static Map<String, @Nullable Object> platformForm(Binding binding) {
    return new ManifestWriter(new Declarations(), true).binding(binding);
  }

  private Map<String, @Nullable Object> manifest() {
    var out = new LinkedHashMap<String, @Nullable Object>();
    put(out, "queues", declared.queues.stream().map(this::queue).toList());
    put(out, "schedules", declared.schedules.stream().map(this::schedule).toList());
    put(out, "workflows", declared.workflows.stream().map(this::workflow).toList());
    if (!forPlatform) {
      put(out, "events", events());
    }
    put(out, "rpc", section("rpc", NameList.RPC_ALLOW));
    put(out, "queue", section("queue", NameList.QUEUE_ALLOW));
    put(out, "workflow", section("workflow", NameList.WORKFLOW_ALLOW));
    put(out, "bindings", bindings());
    put(out, "vars", declared.names(NameList.VARS));
    put(out, "secrets", declared.names(NameList.SECRETS));
    return withUnknown(out, "");
  }

  private Map<String, @Nullable Object> queue(Manifest.Queue queue) {
    return withUnknown(object("name", queue.name(), "consumer", queue.consumer()), queue);
  }

  private Map<String, @Nullable Object> schedule(Manifest.Schedule schedule) {
    return withUnknown(
        object("cron", schedule.cron().toString(), "path", schedule.path()), schedule);
  }

  private Map<String, @Nullable Object> workflow(Manifest.Workflow workflow) {
    return withUnknown(object("name", workflow.name(), "path", workflow.path()), workflow);
  }

  private Map<String, @Nullable Object> subscription(Manifest.Subscription subscription) {
    return withUnknown(
        object("subject", subscription.subject(), "queue", subscription.queue()), subscription);
  }

  private Map<String, @Nullable Object> events() {
    var out = new LinkedHashMap<String, @Nullable Object>();
    put(out, "publish", declared.names(NameList.EVENTS_PUBLISH));
    put(out, "subscribe", declared.subscriptions.stream().map(this::subscription).toList());
    put(out, "allow", declared.names(NameList.EVENTS_ALLOW));
    return withUnknown(out, "events");
  }

  private Map<String, @Nullable Object> section(String name, NameList list) {
    var out = new LinkedHashMap<String, @Nullable Object>();
    put(out, list.key(), declared.names(list));
    return withUnknown(out, name);
  }

  private Map<String, @Nullable Object> bindings() {
    var out = new LinkedHashMap<String, @Nullable Object>();
    for (String kind : Binding.KINDS) {
      var entries = new ArrayList<@Nullable Object>();
      for (Binding binding : declared.bindings) {
        if (binding.kind().equals(kind)) {
          entries.add(binding(binding));
        }
      }
      put(out, kind, entries);
    }
    return withUnknown(out, "bindings");
  }

  private Map<String, @Nullable Object> binding(Binding binding) {
    var out = new LinkedHashMap<String, @Nullable Object>();
    out.put("binding", binding.name());
    out.putAll(binding.settings());
    if (forPlatform) {
      List<String> known = Binding.knownSettings(binding.kind());
      out.keySet().removeIf(key -> !key.equals("binding") && !known.contains(key));
    }
    return out;
  }

  private Map<String, @Nullable Object> withUnknown(
      Map<String, @Nullable Object> known, Object place) {
    if (!forPlatform) {
      known.putAll(declared.unknown(place));
    }
    return known;
  }

  private void put(Map<String, @Nullable Object> out, String key, List<?> entries) {
    if (forPlatform || !entries.isEmpty()) {
      out.put(key, entries);
    }
  }

  private void put(Map<String, @Nullable Object> out, String key, Map<String, ?> section) {
    if (forPlatform || !section.isEmpty()) {
      out.put(key, section);
    }
  }

  private static Map<String, @Nullable Object> object(
      String key1, String value1, String key2, String value2) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put(key1, value1);
    object.put(key2, value2);
    return object;
  }
}
