package io.w7s.sdk.emulator.internal.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.emulator.app.Tokens.Kind;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The apps that are deployed, and the owners of tokens. Thread-safe. */
public final class Registry {

  private static final Comparator<AppInstance> IN_ORDER =
      Comparator.comparing((AppInstance instance) -> instance.environment().name())
          .thenComparing(instance -> instance.app().owner())
          .thenComparing(instance -> instance.app().repo());

  private final Map<AppInstance, DeployedApp> deployments = new ConcurrentHashMap<>();

  /** Made when the first token is looked for: an app of the same JVM shows none. */
  private volatile @Nullable TokenIndex tokens;

  /** Adds an app, or replaces its previous deployment and that one's tokens. */
  public synchronized void put(DeployedApp deployed) {
    DeployedApp before = deployments.put(deployed.instance(), deployed);
    TokenIndex index = tokens;
    if (index != null) {
      index.replace(before, deployed);
    }
  }

  /**
   * Checks that no other app has one of these tokens, which their owner has chosen.
   *
   * @throws InvalidInputException when another app has one; the message does not repeat it
   */
  public void requireUnused(Tokens tokens, AppInstance instance) {
    for (Kind kind : Kind.values()) {
      DeployedApp holder = holder(kind, tokens.of(kind));
      if (holder != null && !holder.instance().equals(instance)) {
        throw new InvalidInputException(
            kind.word() + " token of " + instance,
            "the one of " + holder.instance(),
            "the app's own");
      }
    }
  }

  /** Removes an app. Returns what was deployed; null when it was not. */
  public synchronized @Nullable DeployedApp remove(AppInstance instance) {
    DeployedApp before = deployments.remove(instance);
    TokenIndex index = tokens;
    if (index != null) {
      index.replace(before, null);
    }
    return before;
  }

  /** Returns an app; null when it is not deployed. */
  public @Nullable DeployedApp find(AppInstance instance) {
    return deployments.get(instance);
  }

  /**
   * Returns the app that has a token; null when no app has it. The time taken does not depend on
   * how much of the token is right.
   */
  public @Nullable DeployedApp holder(Kind kind, String token) {
    byte[] shown = token.getBytes(StandardCharsets.UTF_8);
    AppInstance owner = index().owner(kind, shown);
    DeployedApp holder = owner == null ? null : find(owner);
    return holder != null && holder.hasToken(kind, shown) ? holder : null;
  }

  private TokenIndex index() {
    TokenIndex index = tokens;
    return index == null ? newIndex() : index;
  }

  private synchronized TokenIndex newIndex() {
    TokenIndex index = tokens;
    if (index == null) {
      index = new TokenIndex();
      for (DeployedApp deployed : deployments.values()) {
        index.replace(null, deployed);
      }
      tokens = index;
    }
    return index;
  }

  /** Returns how many apps are deployed. */
  public int size() {
    return deployments.size();
  }

  /** Returns all apps in the order of environment, owner and repository. */
  public List<DeployedApp> all() {
    return deployments.values().stream()
        .sorted(Comparator.comparing(DeployedApp::instance, IN_ORDER))
        .toList();
  }

  /**
   * Returns an app that makes calls.
   *
   * @throws Refusal with 401 when it is not deployed, and so has no token
   */
  public DeployedApp caller(AppInstance instance) {
    DeployedApp caller = find(instance);
    if (caller == null || caller.deployment().tokens().isEmpty()) {
      throw new Refusal(
          Refusal.UNAUTHORIZED,
          instance + (caller == null ? " is not deployed" : " was given no tokens"));
    }
    return caller;
  }

  /**
   * Returns the target of a call, in the environment of the caller.
   *
   * @throws Refusal with 404 when it is not deployed there or has no backend
   */
  public DeployedApp target(DeployedApp caller, AppId app) {
    DeployedApp target = find(new AppInstance(app, caller.environment()));
    if (target == null) {
      throw new Refusal(
          Refusal.NOT_FOUND, "No deployment of %s in %s".formatted(app, caller.environment()));
    }
    if (target.handler() == null) {
      throw new Refusal(Refusal.NOT_FOUND, "The deployment of %s has no backend".formatted(app));
    }
    return target;
  }

  /**
   * Checks that a target allows the calls of a caller, and is not suspended. Apps of one owner
   * always may call each other.
   *
   * @throws Refusal with 403, or with 429 when the target is suspended
   */
  public static void requireAllowed(Kind kind, DeployedApp caller, DeployedApp target) {
    AppId from = caller.app();
    AppId to = target.app();
    List<String> allowed = target.allowed(kind);
    if (!from.owner().equals(to.owner())
        && !allowed.contains(from.owner())
        && !allowed.contains(from.toString())) {
      throw new Refusal(
          Refusal.FORBIDDEN, "%s does not allow %s in %s.allow".formatted(to, from, kind.word()));
    }
    target.account().requireActive();
  }
}
