package io.w7s.sdk.events;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import java.util.List;
import java.util.SortedMap;

/**
 * Knows who publishes what, and who subscribes to it. {@link EventRegistry} knows it from
 * manifests; implement this for any other source. A router asks anew for each event, so the results
 * may change at any time. Implementations are thread-safe.
 */
public interface EventDirectory {

  /** Returns whether an app may publish events under a subject. */
  boolean mayPublish(Caller publisher, String subject);

  /**
   * Returns whether an app allows a subscriber under another owner to have its events. A router
   * does not ask about subscribers under the same owner: they always may.
   */
  boolean allows(Caller publisher, AppId subscriber);

  /**
   * Returns the queues that subscribe to a subject, of all apps of an environment.
   *
   * @return in order, each queue once; unmodifiable
   */
  List<Subscriber> subscribers(Environment environment, String subject);

  /** Returns the subjects of an environment that have subscribers, each with its subscribers. */
  SortedMap<String, List<Subscriber>> subscriptions(Environment environment);

  /**
   * Returns this directory with one difference: every app may publish under every subject. For
   * publishers that have no manifest yet.
   */
  default EventDirectory allowAnyPublisher() {
    return new AnyPublisherDirectory(this);
  }
}
