package io.w7s.sdk.local;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.PathTemplate;
import io.w7s.sdk.manifest.Manifest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The paths of an app to which the platform delivers messages, workflow runs and schedules: those
 * that its manifest names, and all below {@code /_w7s/}. Immutable.
 */
final class DeliveryPaths {

  private static final String RESERVED = "/_w7s/";

  private final Set<String> literals = new HashSet<>();
  private final List<PathTemplate> templates = new ArrayList<>();

  DeliveryPaths(Manifest manifest) {
    manifest.queues().forEach(queue -> add(queue.consumer()));
    manifest.workflows().forEach(workflow -> add(workflow.path()));
    manifest.schedules().forEach(schedule -> add(schedule.path()));
  }

  private void add(String path) {
    literals.add(path);
    if (path.indexOf('{') >= 0) {
      try {
        templates.add(PathTemplate.parse(path));
      } catch (InvalidInputException noTemplate) {
        // a manifest may hold what no handler has; as a literal it is known
      }
    }
  }

  boolean contains(String path) {
    return path.startsWith(RESERVED)
        || literals.contains(path)
        || templates.stream().anyMatch(template -> matches(template, path));
  }

  private static boolean matches(PathTemplate template, String path) {
    try {
      return template.match(path) != null;
    } catch (InvalidInputException brokenEscape) {
      return true; // the app refuses it, too
    }
  }
}
