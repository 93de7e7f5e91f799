package io.w7s.sdk.emulator.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.manifest.Manifest;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An app as it is deployed to one environment: in {@link Environment#PRODUCTION}, and with tokens
 * that the platform makes, unless something else is said. Immutable.
 */
public final class Deployment {

  private final AppId app;
  private final Environment environment;
  private final Manifest manifest;
  private final @Nullable AppEndpoint endpoint;
  private final @Nullable Tokens tokens;
  private final boolean generatesTokens;

  private Deployment(
      AppId app,
      Environment environment,
      Manifest manifest,
      @Nullable AppEndpoint endpoint,
      @Nullable Tokens tokens,
      boolean generatesTokens) {
    this.app = app;
    this.environment = environment;
    this.manifest = manifest;
    this.endpoint = endpoint;
    this.tokens = tokens;
    this.generatesTokens = generatesTokens;
  }

  /** Returns an app of this JVM: its handlers, and the manifest that goes with them. */
  public static Deployment of(W7sApp app) {
    return of(app.id(), app.manifest(), app::handle);
  }

  /** Returns an app with a backend. */
  public static Deployment of(AppId app, Manifest manifest, AppEndpoint endpoint) {
    return new Deployment(app, Environment.PRODUCTION, manifest, endpoint, null, true);
  }

  /** Returns an app without a backend: others get 404 from it, and nothing can be delivered. */
  public static Deployment withoutBackend(AppId app, Manifest manifest) {
    return new Deployment(app, Environment.PRODUCTION, manifest, null, null, true);
  }

  /** Returns the same in another environment. */
  public Deployment in(Environment other) {
    return new Deployment(app, other, manifest, endpoint, tokens, generatesTokens);
  }

  /** Returns the same with chosen tokens, which it keeps when it is deployed again. */
  public Deployment withTokens(Tokens chosen) {
    return new Deployment(app, environment, manifest, endpoint, chosen, false);
  }

  /**
   * Returns the same with tokens made of random numbers, unless it has chosen tokens or is to have
   * none. When the result is deployed again, it gets other tokens.
   */
  public Deployment withGeneratedTokens(RandomGenerator random) {
    return generatesTokens
        ? new Deployment(app, environment, manifest, endpoint, Tokens.random(random), true)
        : this;
  }

  /** Returns the same with no tokens, so that all of its own calls are refused with 401. */
  public Deployment withoutTokens() {
    return new Deployment(app, environment, manifest, endpoint, null, false);
  }

  /** Returns the app. */
  public AppId app() {
    return app;
  }

  /** Returns where it is deployed. */
  public Environment environment() {
    return environment;
  }

  /** Returns what it declares. */
  public Manifest manifest() {
    return manifest;
  }

  /** Returns its backend; empty when it has none. */
  public Optional<AppEndpoint> endpoint() {
    return Optional.ofNullable(endpoint);
  }

  /** Returns its tokens; empty when it has none, or is not deployed yet and has none of its own. */
  public Optional<Tokens> tokens() {
    return Optional.ofNullable(tokens);
  }

  /** Returns the app together with its environment. */
  public AppInstance instance() {
    return new AppInstance(app, environment);
  }

  /** Returns the app and its environment. */
  @Override
  public String toString() {
    return instance().toString();
  }
}
