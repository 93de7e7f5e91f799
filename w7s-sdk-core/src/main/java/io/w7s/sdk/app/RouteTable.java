package io.w7s.sdk.app;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.PathTemplate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a method and path. At most one route fits a request, so the order of the
 * routes does not matter.
 */
final class RouteTable {

  /** The routes of a path by method, and the values of the path's variables. */
  record Match(
      Map<String, Route> byMethod, Set<String> publicMethods, Map<String, String> variables) {
    Set<String> methods() {
      return new TreeSet<>(byMethod.keySet());
    }
  }

  private record Entry(
      PathTemplate path, int slashes, Map<String, Route> byMethod, Set<String> publicMethods) {
    Entry(PathTemplate path) {
      this(path, count(path.toString()), new HashMap<>(), new HashSet<>());
    }
  }

  /** By their path decoded. */
  private final Map<String, Entry> literals = new LinkedHashMap<>();

  private final List<Entry> templates = new ArrayList<>();
  private final List<AppRoute> all = new ArrayList<>();

  boolean isEmpty() {
    return literals.isEmpty() && templates.isEmpty();
  }

  RouteTable copy() {
    var copy = new RouteTable();
    literals.forEach((path, entry) -> copy.literals.put(path, copyOf(entry)));
    templates.forEach(entry -> copy.templates.add(copyOf(entry)));
    copy.all.addAll(all);
    return copy;
  }

  private static Entry copyOf(Entry entry) {
    var copy = new Entry(entry.path());
    entry.byMethod().forEach((method, route) -> copy.byMethod().put(method, route.copy()));
    copy.publicMethods().addAll(entry.publicMethods());
    return copy;
  }

  void add(String method, String path, Route route) {
    PathTemplate template = PathTemplate.parse(path);
    Entry same = null;
    for (Entry entry : entries()) {
      if (entry.path().toString().equals(path)) {
        same = entry;
      } else if (entry.path().overlaps(template)) {
        throw refused(
            method,
            path,
            "overlaps " + entry.path(),
            "a path that no other route can match, whatever its method: give it another number of"
                + " segments or another fixed segment, or write it as "
                + entry.path());
      }
    }
    if (same == null) {
      same = new Entry(template);
      if (template.isLiteral()) {
        literals.put(PathTemplate.decoded(path), same);
      } else {
        templates.add(same);
      }
    }
    boolean delivery =
        route.isDelivery() || same.byMethod().values().stream().anyMatch(Route::isDelivery);
    if (same.byMethod().containsKey(method) || (delivery && !same.byMethod().isEmpty())) {
      throw refused(method, path, "has a handler already", "handled once");
    }
    same.byMethod().put(method, route);
    all.add(new AppRoute(route.kind(), method, path, route.name(method, path), false));
  }

  /** Opens an RPC route to the public; returns whether there is one. */
  boolean openToPublic(String method, String path) {
    for (Entry entry : entries()) {
      Route route = entry.byMethod().get(method);
      if (route != null && !route.isDelivery() && entry.path().toString().equals(path)) {
        entry.publicMethods().add(method);
        all.replaceAll(
            each ->
                each.method().equals(method) && each.path().equals(path)
                    ? new AppRoute(each.kind(), method, path, each.name(), true)
                    : each);
        return true;
      }
    }
    return false;
  }

  /** Returns all routes in the order in which they were added. */
  List<AppRoute> all() {
    return Collections.unmodifiableList(all);
  }

  private static InvalidInputException refused(
      String method, String path, String found, String rule) {
    return new InvalidInputException(
        "handler path", method + " " + path + ", which " + found, rule);
  }

  /**
   * Returns the routes of a path; null when there are none.
   *
   * @throws InvalidInputException when the value of a variable is not percent-encoded UTF-8
   */
  @Nullable Match find(String path) {
    String decoded = PathTemplate.decoded(path);
    Entry literal = decoded == null ? null : literals.get(decoded);
    if (literal != null) {
      return new Match(literal.byMethod(), literal.publicMethods(), Map.of());
    }
    int slashes = count(path); // a template takes a path apart only if it can fit
    for (Entry entry : templates) {
      if (entry.slashes() != slashes) {
        continue;
      }
      Map<String, String> variables = entry.path().match(path);
      if (variables != null) {
        return new Match(entry.byMethod(), entry.publicMethods(), variables);
      }
    }
    return null;
  }

  private static int count(String path) {
    int slashes = 0;
    for (int i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) {
      slashes++;
    }
    return slashes;
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
