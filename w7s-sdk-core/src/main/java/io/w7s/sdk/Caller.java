package io.w7s.sdk;

/**
 * The app that made a call, as the platform derived it from the caller's token: no header can claim
 * another.
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
