package io.w7s.sdk.events;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import java.util.List;
import java.util.SortedMap;

/** Another directory, except that every app may publish under every subject. */
record AnyPublisherDirectory(EventDirectory directory) implements EventDirectory {

  @Override
  public boolean mayPublish(Caller publisher, String subject) {
    return true;
  }

  @Override
  public boolean allows(Caller publisher, AppId subscriber) {
    return directory.allows(publisher, subscriber);
  }

  @Override
  public List<Subscriber> subscribers(Environment environment, String subject) {
    return directory.subscribers(environment, subject);
  }

  @Override
  public SortedMap<String, List<Subscriber>> subscriptions(Environment environment) {
    return directory.subscriptions(environment);
  }
}
