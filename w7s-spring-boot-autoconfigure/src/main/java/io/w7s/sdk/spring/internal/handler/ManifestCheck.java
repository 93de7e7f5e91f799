package io.w7s.sdk.spring.internal.handler;

import io.w7s.sdk.app.AppRoute;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.manifest.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares the handlers of an app with the {@code w7s.json} that is deployed. */
public final class ManifestCheck {

  private final W7sApp app;
  private final Manifest manifest;
  private final String file;

  /**
   * Creates a check.
   *
   * @param app an app that was built on the manifest
   * @param file what the manifest was read from, for a reader
   */
  public ManifestCheck(W7sApp app, Manifest manifest, String file) {
    this.app = app;
    this.manifest = manifest;
    this.file = file;
  }

  /**
   * Checks that the platform knows of each handler, and that there is one for whatever it delivers.
   *
   * @throws InvalidHandlerException with the lines to add when it does not
   */
  public void run() {
    requireDeclarations();
    requireHandlers();
  }

  private void requireDeclarations() {
    var lines = new ArrayList<String>();
    add(
        lines,
        "queues",
        Manifest::queues,
        queue -> object("name", queue.name(), "consumer", queue.consumer()));
    add(
        lines,
        "schedules",
        Manifest::schedules,
        schedule -> object("cron", schedule.cron().toString(), "path", schedule.path()));
    add(
        lines,
        "workflows",
        Manifest::workflows,
        workflow -> object("name", workflow.name(), "path", workflow.path()));
    add(
        lines,
        "events.subscribe",
        Manifest::eventsSubscribe,
        subscription -> object("subject", subscription.subject(), "queue", subscription.queue()));
    add(lines, "events.publish", Manifest::eventsPublish, subject -> '"' + subject + '"');
    if (!lines.isEmpty()) {
      throw new InvalidHandlerException(
          "%s does not declare what the app %s does, so the platform would not do its part."
              .formatted(file, app.id()),
          "Add to it:\n" + String.join("", lines));
    }
  }

  /** The app was built on the manifest, so it declares all of it and perhaps more. */
  private <T> void add(
      List<String> lines,
      String section,
      Function<Manifest, List<T>> entries,
      Function<T, String> json) {
    List<T> declared = entries.apply(manifest);
    for (T entry : entries.apply(app.manifest())) {
      if (!declared.contains(entry)) {
        lines.add("%n    in %s:  %s".formatted(section, json.apply(entry)));
      }
    }
  }

  private static String object(String name, String value, String secondName, String secondValue) {
    return "{ \"%s\": \"%s\", \"%s\": \"%s\" }".formatted(name, value, secondName, secondValue);
  }

  private void requireHandlers() {
    Set<String> handled =
        app.routes().stream()
            .filter(route -> route.method().equals("POST"))
            .map(AppRoute::path)
            .collect(Collectors.toSet());
    for (Manifest.Queue queue : manifest.queues()) {
      if (!handled.contains(queue.consumer())) {
        throw unhandled(
            "the queue " + queue.name(), "@QueueHandler(\"%s\")".formatted(queue.name()));
      }
    }
    for (Manifest.Workflow workflow : manifest.workflows()) {
      if (!handled.contains(workflow.path())) {
        throw unhandled(
            "the workflow " + workflow.name(),
            "@WorkflowHandler(\"%s\")".formatted(workflow.name()));
      }
    }
    for (Manifest.Schedule schedule : manifest.schedules()) {
      if (!handled.contains(schedule.path())) {
        throw unhandled(
            "the schedule of " + schedule.path(),
            "@ScheduleHandler(cron = \"%s\", path = \"%s\")"
                .formatted(schedule.cron(), schedule.path()));
      }
    }
  }

  private InvalidHandlerException unhandled(String what, String annotation) {
    return new InvalidHandlerException(
        "%s declares %s, and no handler handles it.".formatted(file, what),
        "Add a method to a bean:\n\n    %s\n\nor remove the declaration.".formatted(annotation));
  }
}
