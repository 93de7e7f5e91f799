package io.w7s.sdk.manifest;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.manifest.Manifest.Queue;
import io.w7s.sdk.manifest.Manifest.Schedule;
import io.w7s.sdk.manifest.Manifest.Subscription;
import io.w7s.sdk.manifest.Manifest.Workflow;
import io.w7s.sdk.schedule.CronExpression;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of a manifest, section by section; what is left over is kept as unknown. */
final class ManifestReader {

  private final Declarations declared = new Declarations();

  private ManifestReader() {}

  static Declarations read(@Nullable Object json) {
    var reader = new ManifestReader();
    reader.readManifest(json);
    return reader.declared;
  }

  private void readManifest(@Nullable Object json) {
    JsonObject manifest = object("$", json);
    manifest.entries("queues", this::readQueue);
    manifest.entries("schedules", this::readSchedule);
    manifest.entries("workflows", this::readWorkflow);
    manifest.section("bindings", this::readBindings);
    // After the queues, which subscriptions refer to.
    manifest.section("events", events -> events.entries("subscribe", this::readSubscription));
    for (NameList list : NameList.values()) {
      if (list.section().isEmpty()) {
        readNames(list, manifest);
      } else {
        manifest.section(list.section(), section -> readNames(list, section));
      }
    }
    manifest.sections.forEach((name, section) -> keepUnknown(name, section));
    keepUnknown("", manifest);
  }

  private void keepUnknown(Object place, JsonObject object) {
    declared.keepUnknown(place, Collections.unmodifiableMap(object.left));
  }

  private void readNames(NameList list, JsonObject object) {
    object.entries(
        list.key(), (path, entry) -> declared.add(list, list.normalised(path, text(path, entry))));
  }

  private void readQueue(String path, @Nullable Object entry) {
    if (entry instanceof String name) {
      declared.add(Queue.of(Names.queue(path, name)));
      return;
    }
    JsonObject object = object(path, entry);
    String name = Names.queue(path + ".name", object.text("name"));
    String consumer =
        object.has("consumer")
            ? Names.path(path + ".consumer", object.text("consumer"))
            : Names.defaultQueuePath(name);
    var queue = new Queue(name, consumer);
    declared.add(queue);
    keepUnknown(queue, object);
  }

  private void readWorkflow(String path, @Nullable Object entry) {
    if (entry instanceof String name) {
      declared.add(Workflow.of(Names.workflow(path, name)));
      return;
    }
    JsonObject object = object(path, entry);
    String name = Names.workflow(path + ".name", object.text("name"));
    String pathKey = object.firstSpelling("path", "consumer");
    String workflowPath =
        object.has(pathKey)
            ? Names.path(path + "." + pathKey, object.text(pathKey))
            : Names.defaultWorkflowPath(name);
    var workflow = new Workflow(name, workflowPath);
    declared.add(workflow);
    keepUnknown(workflow, object);
  }

  private void readSchedule(String path, @Nullable Object entry) {
    JsonObject object = object(path, entry);
    CronExpression cron = cron(path + ".cron", object.text("cron"));
    var schedule = new Schedule(cron, Names.path(path + ".path", object.text("path")));
    declared.add(schedule);
    keepUnknown(schedule, object);
  }

  private static CronExpression cron(String path, String text) {
    try {
      return CronExpression.parse(text);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          path, Names.quoted(text), "a cron expression, of which " + e.field() + " is " + e.rule());
    }
  }

  private void readSubscription(String path, @Nullable Object entry) {
    JsonObject object = object(path, entry);
    var subscription =
        new Subscription(
            Names.subject(path + ".subject", object.text("subject")),
            Names.queue(path + ".queue", object.text("queue")));
    declared.add(subscription);
    keepUnknown(subscription, object);
  }

  private void readBindings(JsonObject bindings) {
    for (String kind : Binding.KINDS) {
      String key =
          kind.equals("durableObjects") ? bindings.firstSpelling(kind, "durable_objects") : kind;
      bindings.entries(key, (path, entry) -> readBinding(kind, path, entry));
    }
  }

  private void readBinding(String kind, String path, @Nullable Object entry) {
    if (entry instanceof String name && !kind.equals("hyperdrive")) {
      Names.javaScript(path, name);
      // A durable object's short form names its class as well.
      declared.add(
          kind.equals("durableObjects")
              ? new Binding(kind, name, Map.of("className", name))
              : Binding.of(kind, name));
      return;
    }
    JsonObject object = object(path, entry);
    String name = Names.javaScript(path + ".binding", object.text("binding"));
    declared.add(new Binding(kind, name, Binding.normalised(path + ".", kind, object.left)));
  }

  private static JsonObject object(String path, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      var left = new LinkedHashMap<String, @Nullable Object>();
      map.forEach((key, inner) -> left.put((String) key, inner));
      return new JsonObject(path, left);
    }
    throw new InvalidInputException(path, JsonKind.of(value), "an object");
  }

  private static String text(String path, @Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new InvalidInputException(path, JsonKind.of(value), "text");
  }

  private interface EntryReader {
    void read(String path, @Nullable Object entry);
  }

  private interface SectionReader {
    void read(JsonObject section);
  }

  /** An object of the manifest: what has been read is taken out, what is left nobody knows. */
  private static final class JsonObject {

    private final String path;
    private final Map<String, @Nullable Object> left;
    private final Map<String, JsonObject> sections = new LinkedHashMap<>();

    JsonObject(String path, Map<String, @Nullable Object> left) {
      this.path = path;
      this.left = left;
    }

    boolean has(String key) {
      return left.containsKey(key);
    }

    /** The other spelling of a key when the first is null or not there, as on the platform. */
    String firstSpelling(String key, String other) {
      if (left.get(key) != null) {
        return key;
      }
      left.remove(key);
      return other;
    }

    String text(String key) {
      if (!has(key)) {
        throw new InvalidInputException(path + "." + key, "nothing", "text");
      }
      return ManifestReader.text(path + "." + key, left.remove(key));
    }

    void entries(String key, EntryReader reader) {
      if (!has(key)) {
        return;
      }
      Object value = left.remove(key);
      if (!(value instanceof List<?> list)) {
        throw new InvalidInputException(path + "." + key, JsonKind.of(value), "an array");
      }
      for (int i = 0; i < list.size(); i++) {
        reader.read(path + "." + key + "[" + i + "]", list.get(i));
      }
    }

    /** Reads an inner object, which may be done in several turns. */
    void section(String key, SectionReader reader) {
      if (has(key)) {
        sections.put(key, object(path + "." + key, left.remove(key)));
      }
      JsonObject section = sections.get(key);
      if (section != null) {
        reader.read(section);
      }
    }
  }
}
