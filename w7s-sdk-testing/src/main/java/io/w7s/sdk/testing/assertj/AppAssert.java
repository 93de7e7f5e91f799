package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal.Entry;
import io.w7s.sdk.testing.Journal.Kind;

/** Assertions about an app. */
public final class AppAssert extends PlatformAssert<AppAssert> {

  private final AppInstance app;

  AppAssert(InMemoryW7s actual, AppInstance app) {
    super(actual, AppAssert.class, "app " + app, entry -> isBy(entry, app) || isAbout(entry, app));
    this.app = app;
  }

  private static boolean isBy(Entry entry, AppInstance app) {
    return app.asCaller().equals(entry.caller());
  }

  private static boolean isAbout(Entry entry, AppInstance app) {
    boolean inProduction = app.environment().equals(Environment.PRODUCTION);
    return entry.isAbout(app.app().toString())
        && (inProduction
            ? !entry.target().endsWith(")")
            : entry.target().endsWith("(" + app.environment() + ")"));
  }

  private boolean isThere() {
    return actual.platform().deployment(new AppInstance(app.app(), app.environment())).isPresent();
  }

  /** Checks that the app is deployed. */
  public AppAssert isDeployed() {
    if (!isThere()) {
      throw failure("to be deployed");
    }
    return this;
  }

  /** Checks that the app is not deployed. */
  public AppAssert isNotDeployed() {
    if (isThere()) {
      throw failure("not to be deployed");
    }
    return this;
  }

  /** Checks how many requests from other apps the app responded to, with any status. */
  public AppAssert hasResponded(int requests) {
    return hasCount("responses", requests, recorded(Kind.RESPONDED, entry -> isAbout(entry, app)));
  }

  /** Checks how many calls by the app the platform refused. */
  public AppAssert wasRefused(int calls) {
    return hasCount("calls refused", calls, by(Kind.REFUSED));
  }

  /** Checks how many events the app published. */
  public AppAssert hasPublished(int events) {
    return hasCount("events published", events, by(Kind.PUBLISHED));
  }

  /** Checks how many events the app published under a subject. */
  public AppAssert hasPublished(SubjectRef<?> subject, int events) {
    return hasCount(
        "events published under " + subject.name(),
        events,
        recorded(
            Kind.PUBLISHED, entry -> isBy(entry, app) && entry.target().equals(subject.name())));
  }

  private int by(Kind kind) {
    return recorded(kind, entry -> isBy(entry, app));
  }
}
