package io.w7s.sdk.event;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.manifest.Manifest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Knows from manifests who publishes what and who gets it. Apps come, change and go while events
 * are routed: an event is routed by what was known when it came. Thread-safe; a change costs time
 * in proportion to the subscribers of the subjects that the app subscribes to.
 *
 * <pre>{@code
 * EventRegistry registry = new EventRegistry()
 *     .put(AppId.parse("acme/shop"), PRODUCTION, Manifest.read(shop))
 *     .subscribe(AppId.parse("acme/worker"), PRODUCTION, ORDER_CREATED, "events");
 * }</pre>
 */
public final class EventRegistry implements EventDirectory {

  private final Map<Environment, DeclaredEvents> environments = new ConcurrentHashMap<>();

  /** Makes a registry that knows no app. */
  public EventRegistry() {}

  /** Makes an app known by its manifest, in place of the one that was known before. */
  public EventRegistry put(AppId app, Environment environment, Manifest manifest) {
    return change(app, environment, before -> manifest);
  }

  /** Forgets an app; nothing when it is not known. */
  public EventRegistry remove(AppId app, Environment environment) {
    environments.computeIfPresent(
        environment,
        (same, declared) -> {
          declared.put(app, null);
          return declared;
        });
    return this;
  }

  /** Adds a subject that an app publishes to what is known of the app. */
  public EventRegistry publish(AppId app, Environment environment, SubjectRef<?> subject) {
    return change(app, environment, known -> known.withPublished(subject.name()));
  }

  /**
   * Adds a subscription to what is known of an app.
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
    environments.compute(
        environment,
        (same, known) -> {
          DeclaredEvents declared = known == null ? new DeclaredEvents() : known;
          declared.put(app, change.apply(declared.manifest(app)));
          return declared;
        });
    return this;
  }

  @Override
  public boolean mayPublish(Caller publisher, String subject) {
    DeclaredEvents.App app = app(publisher);
    return app != null && app.publishes().contains(subject);
  }

  @Override
  public boolean allows(Caller publisher, AppId subscriber) {
    DeclaredEvents.App app = app(publisher);
    return app != null
        && (app.allow().contains(subscriber.owner())
            || app.allow().contains(subscriber.toString()));
  }

  private DeclaredEvents.@Nullable App app(Caller caller) {
    DeclaredEvents declared = environments.get(caller.environment());
    return declared == null ? null : declared.app(caller.app());
  }

  @Override
  public List<Subscriber> subscribers(Environment environment, String subject) {
    DeclaredEvents declared = environments.get(environment);
    return declared == null ? List.of() : declared.subscribers(subject);
  }

  @Override
  public SortedMap<String, List<Subscriber>> subscriptions(Environment environment) {
    DeclaredEvents declared = environments.get(environment);
    return declared == null ? Collections.emptySortedMap() : declared.sorted();
  }

  /** Returns how many apps are known in each environment. */
  @Override
  public String toString() {
    var apps = new TreeMap<String, Integer>();
    environments.forEach((each, declared) -> apps.put(each.name(), declared.size()));
    return "EventRegistry" + apps;
  }
}
