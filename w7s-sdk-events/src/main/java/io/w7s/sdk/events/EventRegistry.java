package io.w7s.sdk.events;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.manifest.Manifest;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Knows from manifests who publishes what, and who subscribes to it. Apps can be put, changed and
 * removed while events are routed; an event is routed by what is known when it comes. Thread-safe.
 * A change takes time in proportion to the app's own subscriptions and to the other subscribers of
 * the same subjects.
 *
 * <pre>{@code
 * EventRegistry registry = new EventRegistry()
 *     .put(AppId.parse("acme/shop"), PRODUCTION, Manifest.read(shop))
 *     .subscribe(AppId.parse("acme/worker"), PRODUCTION, ORDER_CREATED, "events");
 * }</pre>
 */
public final class EventRegistry implements EventDirectory {

  /** Stands for an environment that no app was put into; never changed. */
  private static final EnvironmentEvents NONE = new EnvironmentEvents();

  private final Map<Environment, EnvironmentEvents> environments = new ConcurrentHashMap<>();

  /** Makes a registry that knows no app. */
  public EventRegistry() {}

  /** Makes an app known by its manifest, which replaces the one known before. */
  public EventRegistry put(AppId app, Environment environment, Manifest manifest) {
    return change(app, environment, before -> manifest);
  }

  /** Forgets an app; does nothing when it is not known. */
  public EventRegistry remove(AppId app, Environment environment) {
    events(environment).remove(app);
    return this;
  }

  /** Lets an app publish events under a subject, in addition to what is known of the app. */
  public EventRegistry allowPublish(AppId app, Environment environment, SubjectRef<?> subject) {
    return change(app, environment, known -> known.withPublished(subject.name()));
  }

  /**
   * Subscribes a queue to a subject, in addition to what is known of its app.
   *
   * @param queue the name of the app's queue; consumed at the platform's default path unless the
   *     app's manifest says otherwise
   */
  public EventRegistry subscribe(
      AppId app, Environment environment, SubjectRef<?> subject, String queue) {
    var subscription = new Manifest.Subscription(subject.name(), queue);
    return change(
        app,
        environment,
        known -> {
          boolean declared =
              known.queues().stream().anyMatch(there -> there.name().equals(subscription.queue()));
          return (declared ? known : known.withQueue(Manifest.Queue.of(queue)))
              .withSubscription(subscription);
        });
  }

  private EventRegistry change(AppId app, Environment environment, UnaryOperator<Manifest> change) {
    environments.computeIfAbsent(environment, none -> new EnvironmentEvents()).change(app, change);
    return this;
  }

  private EnvironmentEvents events(Environment environment) {
    return environments.getOrDefault(environment, NONE);
  }

  @Override
  public boolean mayPublish(Caller publisher, String subject) {
    return events(publisher.environment()).publishes(publisher.app(), subject);
  }

  @Override
  public boolean allows(Caller publisher, AppId subscriber) {
    return events(publisher.environment()).allows(publisher.app(), subscriber);
  }

  @Override
  public List<Subscriber> subscribers(Environment environment, String subject) {
    return events(environment).subscribers(subject);
  }

  @Override
  public SortedMap<String, List<Subscriber>> subscriptions(Environment environment) {
    return events(environment).subscriptions();
  }

  /** Returns how many apps are known in each environment. */
  @Override
  public String toString() {
    var apps = new TreeMap<String, Integer>();
    environments.forEach((each, events) -> apps.put(each.name(), events.countApps()));
    apps.values().removeIf(count -> count == 0);
    return "EventRegistry" + apps;
  }
}
