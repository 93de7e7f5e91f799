package io.w7s.sdk.app;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.PathTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a method and path. No two routes apply to one request, so their order does not
 * matter.
 */
final class RouteTable {

  /** What a path leads to: the routes by method, and the values of the path's variables. */
  record Match(Map<String, Route> byMethod, Map<String, String> variables) {
    Set<String> methods() {
      return new TreeSet<>(byMethod.keySet());
    }
  }

  private record Entry(PathTemplate path, Map<String, Route> byMethod) {}

  private final Map<String, Entry> literals = new LinkedHashMap<>();
  private final List<Entry> templates = new ArrayList<>();

  boolean isEmpty() {
    return literals.isEmpty() && templates.isEmpty();
  }

  RouteTable copy() {
    var copy = new RouteTable();
    literals.forEach((path, entry) -> copy.literals.put(path, copyOf(entry)));
    templates.forEach(entry -> copy.templates.add(copyOf(entry)));
    return copy;
  }

  private static Entry copyOf(Entry entry) {
    var byMethod = new HashMap<String, Route>();
    entry.byMethod().forEach((method, route) -> byMethod.put(method, route.copy()));
    return new Entry(entry.path(), byMethod);
  }

  void add(String method, String path, Route route) {
    PathTemplate template = PathTemplate.parse(path);
    Entry same = null;
    for (Entry entry : entries()) {
      if (entry.path().toString().equals(path)) {
        same = entry;
      } else if (entry.path().overlaps(template)) {
        throw refused(method, path, "overlaps " + entry.path());
      }
    }
    if (same == null) {
      same = new Entry(template, new HashMap<>());
      if (template.isLiteral()) {
        literals.put(path, same);
      } else {
        templates.add(same);
      }
    }
    boolean delivery =
        route.isDelivery() || same.byMethod().values().stream().anyMatch(Route::isDelivery);
    if (same.byMethod().containsKey(method) || (delivery && !same.byMethod().isEmpty())) {
      throw refused(method, path, "has a handler already");
    }
    same.byMethod().put(method, route);
  }

  private static InvalidInputException refused(String method, String path, String found) {
    return new InvalidInputException(
        "handler path", method + " " + path + ", which " + found, "handled once");
  }

  /** Returns what a path leads to; null when it leads nowhere. */
  @Nullable Match find(String path) {
    Entry literal = literals.get(path);
    if (literal != null) {
      return new Match(literal.byMethod(), Map.of());
    }
    for (Entry entry : templates) {
      Map<String, String> variables = entry.path().match(path);
      if (variables != null) {
        return new Match(entry.byMethod(), variables);
      }
    }
    return null;
  }

  private List<Entry> entries() {
    var all = new ArrayList<>(literals.values());
    all.addAll(templates);
    return all;
  }

  @Override
  public String toString() {
    return entries().stream()
        .map(
            entry ->
                String.join("|", new TreeSet<>(entry.byMethod().keySet())) + " " + entry.path())
        .toList()
        .toString();
  }
}
