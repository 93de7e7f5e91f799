package io.w7s.sdk.emulator.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.manifest.Manifest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An app as it is deployed to one environment. By default this is {@link Environment#PRODUCTION},
 * and the platform makes the tokens. Immutable.
 */
public final class Deployment {

  private final AppInstance instance;
  private final Manifest manifest;
  private final @Nullable AppHandler handler;
  private final @Nullable Tokens tokens;
  private final boolean generatesTokens;

  private Deployment(
      AppInstance instance,
      Manifest manifest,
      @Nullable AppHandler handler,
      @Nullable Tokens tokens,
      boolean generatesTokens) {
    this.instance = instance;
    this.manifest = manifest;
    this.handler = handler;
    this.tokens = tokens;
    this.generatesTokens = generatesTokens;
  }

  /** Returns an app in this JVM, with its handlers and their manifest. */
  public static Deployment of(W7sApp app) {
    return of(app.id(), app.manifest(), app);
  }

  /**
   * Returns an app with a backend. The handler is called on the thread that causes the request. An
   * exception that it throws counts as {@link #backendFailure}; an {@code Error} passes through to
   * that thread.
   */
  public static Deployment of(AppId app, Manifest manifest, AppHandler handler) {
    return new Deployment(AppInstance.of(app), manifest, handler, null, true);
  }

  /**
   * Returns the response of a backend that failed, status 502: an RPC gets this response, and a
   * delivery has failed.
   *
   * @param reason the text shown in logs, dead letters and workflow instances; nothing secret
   */
  public static AppResponse backendFailure(String reason) {
    return new AppResponse(
        502, Headers.of("content-type", "text/plain"), reason.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns an app without a backend: others get 404 from it, and nothing can be delivered. */
  public static Deployment withoutBackend(AppId app, Manifest manifest) {
    return new Deployment(AppInstance.of(app), manifest, null, null, true);
  }

  /** Returns the same in another environment. */
  public Deployment in(Environment other) {
    return new Deployment(
        new AppInstance(app(), other), manifest, handler, tokens, generatesTokens);
  }

  /** Returns the same with chosen tokens, which it keeps when it is deployed again. */
  public Deployment withTokens(Tokens chosen) {
    return new Deployment(instance, manifest, handler, chosen, false);
  }

  /**
   * Returns the same with random tokens, unless tokens were chosen or switched off. When the result
   * is deployed again, it gets other tokens.
   */
  public Deployment withGeneratedTokens(RandomGenerator random) {
    return generatesTokens
        ? new Deployment(instance, manifest, handler, Tokens.random(random), true)
        : this;
  }

  /** Returns the same without tokens: all calls of the app are refused with 401. */
  public Deployment withoutTokens() {
    return new Deployment(instance, manifest, handler, null, false);
  }

  /** Returns the app. */
  public AppId app() {
    return instance.app();
  }

  /** Returns where it is deployed. */
  public Environment environment() {
    return instance.environment();
  }

  /** Returns what it declares. */
  public Manifest manifest() {
    return manifest;
  }

  /** Returns its backend; empty when it has none. */
  public Optional<AppHandler> handler() {
    return Optional.ofNullable(handler);
  }

  /** Returns its tokens; empty when it has none, or when the platform has yet to make them. */
  public Optional<Tokens> tokens() {
    return Optional.ofNullable(tokens);
  }

  /** Returns the app together with its environment. */
  public AppInstance instance() {
    return instance;
  }

  /** Returns the app and its environment. */
  @Override
  public String toString() {
    return instance.toString();
  }
}
