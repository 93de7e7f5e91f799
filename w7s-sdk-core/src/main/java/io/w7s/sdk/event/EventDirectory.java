package io.w7s.sdk.event;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import java.util.List;
import java.util.SortedMap;

/**
 * What a router has to know of the apps of an environment: who publishes what, and who gets it.
 * {@link EventRegistry} knows it from manifests; implement this for any other source. The router
 * asks anew for every event, so answers may change at any time. Implementations are thread-safe.
 */
public interface EventDirectory {

  /** Returns whether an app declares that it publishes events under a subject. */
  boolean mayPublish(Caller publisher, String subject);

  /**
   * Returns whether an app lets a subscriber under another owner have its events. Subscribers under
   * its own owner have them anyway; the router does not ask about those.
   */
  boolean allows(Caller publisher, AppId subscriber);

  /**
   * Returns the queues of all apps of an environment that subscribe to a subject.
   *
   * @return in order, each queue once; unmodifiable
   */
  List<Subscriber> subscribers(Environment environment, String subject);

  /** Returns all subjects of an environment that have subscribers, each with its subscribers. */
  SortedMap<String, List<Subscriber>> subscriptions(Environment environment);

  /**
   * Returns this directory as it is for a router to which publishers need not be declared: every
   * app may publish every subject. For apps that are not deployed with a manifest yet.
   */
  default EventDirectory openToPublishers() {
    return new OpenDirectory(this);
  }
}
