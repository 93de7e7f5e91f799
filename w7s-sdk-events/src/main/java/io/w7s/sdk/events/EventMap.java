package io.w7s.sdk.events;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.manifest.Manifest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Shows who publishes what to whom, according to the manifests of some apps: for documentation, or
 * for a test that every event reaches a subscriber. Immutable.
 *
 * <pre>{@code
 * EventMap map = EventMap.of(Map.of(
 *     AppId.parse("acme/shop"), Manifest.read(shop),
 *     AppId.parse("acme/worker"), worker.manifest()));
 * assertThat(map.subscriptionsWithoutPublishers()).isEmpty();
 * Files.writeString(page, map.mermaid());
 * }</pre>
 */
public final class EventMap {

  private static final String NOBODY = "nobody";

  /** One publisher and one subscriber of a subject; null where there is none. */
  private record Flow(
      String subject, @Nullable AppId publisher, @Nullable Subscriber subscriber, boolean allowed) {

    boolean arrives() {
      return publisher != null && subscriber != null && allowed;
    }

    String from() {
      return publisher == null ? NOBODY : publisher.toString();
    }

    String to() {
      return subscriber == null ? NOBODY : subscriber.toString();
    }
  }

  private final List<Flow> flows;

  private EventMap(List<Flow> flows) {
    this.flows = flows;
  }

  /** Returns the map of some apps. What other apps publish or subscribe to is not in it. */
  public static EventMap of(Map<AppId, Manifest> apps) {
    var registry = new EventRegistry();
    apps.forEach((app, manifest) -> registry.put(app, Environment.PRODUCTION, manifest));
    var subjects = new TreeSet<>(registry.subscriptions(Environment.PRODUCTION).keySet());
    apps.values().forEach(manifest -> subjects.addAll(manifest.eventsPublish()));
    List<Caller> publishers =
        apps.keySet().stream()
            .sorted(Comparator.comparing(AppId::toString))
            .map(app -> new Caller(app, Environment.PRODUCTION))
            .toList();
    var flows = new ArrayList<Flow>();
    for (String subject : subjects) {
      addFlows(subject, registry, publishers, flows);
    }
    return new EventMap(List.copyOf(flows));
  }

  private static void addFlows(
      String subject, EventRegistry registry, List<Caller> apps, List<Flow> flows) {
    List<Subscriber> subscribers = registry.subscribers(Environment.PRODUCTION, subject);
    List<Caller> publishers =
        apps.stream().filter(app -> registry.mayPublish(app, subject)).toList();
    for (Caller publisher : publishers) {
      if (subscribers.isEmpty()) {
        flows.add(new Flow(subject, publisher.app(), null, true));
      }
      for (Subscriber to : subscribers) {
        boolean allowed = EventRouter.mayReceive(registry, publisher, to.app());
        flows.add(new Flow(subject, publisher.app(), to, allowed));
      }
    }
    if (publishers.isEmpty()) {
      subscribers.forEach(to -> flows.add(new Flow(subject, null, to, true)));
    }
  }

  /** Returns the subjects that are published and reach no subscriber; in order. */
  public List<String> subjectsWithoutSubscribers() {
    return missing(flow -> flow.publisher() == null ? null : flow.subject());
  }

  /**
   * Returns the subscriptions that get no event from any of the apps, as {@code subject to
   * owner/repo/queue}; in order.
   */
  public List<String> subscriptionsWithoutPublishers() {
    return missing(
        flow -> flow.subscriber() == null ? null : flow.subject() + " to " + flow.subscriber());
  }

  /** Returns the names of flows of which none arrives. */
  private List<String> missing(Function<Flow, @Nullable String> nameOf) {
    var missing = new TreeSet<String>();
    var arriving = new TreeSet<String>();
    for (Flow flow : flows) {
      String name = nameOf.apply(flow);
      if (name != null) {
        (flow.arrives() ? arriving : missing).add(name);
      }
    }
    missing.removeAll(arriving);
    return List.copyOf(missing);
  }

  /**
   * Returns the map as text: under each subject one line for each publisher and subscriber, with
   * {@code nobody} in place of a missing one. A subscriber under another owner is marked when the
   * publisher's {@code events.allow} does not name it.
   */
  public String text() {
    var text = new StringBuilder();
    String subject = "";
    for (Flow flow : flows) {
      if (!flow.subject().equals(subject)) {
        subject = flow.subject();
        text.append(subject).append('\n');
      }
      text.append("  ").append(flow.from()).append(" -> ").append(flow.to());
      text.append(flow.allowed() ? "\n" : " (not in events.allow)\n");
    }
    return text.toString();
  }

  /**
   * Returns the map as a Mermaid flowchart: an arrow for each line of {@link #text()}, dotted when
   * the event does not arrive.
   */
  public String mermaid() {
    var nodes = new LinkedHashMap<String, String>();
    var arrows = new StringBuilder();
    for (Flow flow : flows) {
      String from = node(nodes, flow.from());
      String to = node(nodes, flow.to());
      String label = flow.allowed() ? flow.subject() : flow.subject() + " (not in events.allow)";
      arrows.append(
          "  %s %s|\"%s\"| %s\n".formatted(from, flow.arrives() ? "-->" : "-.->", label, to));
    }
    return nodes.entrySet().stream()
            .map(node -> "  %s[\"%s\"]\n".formatted(node.getValue(), node.getKey()))
            .collect(Collectors.joining("", "flowchart LR\n", ""))
        + arrows;
  }

  private static String node(Map<String, String> nodes, String name) {
    return nodes.computeIfAbsent(name, none -> "n" + nodes.size());
  }

  /** Returns {@link #text()}. */
  @Override
  public String toString() {
    return text();
  }
}
