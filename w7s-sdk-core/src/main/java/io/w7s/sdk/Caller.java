package io.w7s.sdk;

/**
 * The app that made a call. The platform derives it from the caller's token, so a caller cannot
 * pretend to be another app.
 *
 * @param app the calling app
 * @param environment the environment it runs in
 */
public record Caller(AppId app, Environment environment) {

  /** Returns the app and its environment, for example {@code acme/worker (production)}. */
  @Override
  public String toString() {
    return app + " (" + environment + ")";
  }
}
