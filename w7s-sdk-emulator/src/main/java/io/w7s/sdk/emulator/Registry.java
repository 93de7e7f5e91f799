package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.Tokens.Kind;
import io.w7s.sdk.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is deployed, and whose a token is. Thread-safe. */
final class Registry {

  private static final Comparator<Caller> IN_ORDER =
      Comparator.comparing((Caller caller) -> caller.environment().name())
          .thenComparing(caller -> caller.app().owner())
          .thenComparing(caller -> caller.app().repo());

  private final Map<Caller, DeployedApp> deployments = new ConcurrentHashMap<>();

  /** Puts an app in place of what was there under its identity, tokens included. */
  void put(DeployedApp deployed) {
    deployments.put(deployed.identity(), deployed);
  }

  /**
   * Checks that tokens are nobody else's.
   *
   * @throws InvalidInputException when one is another app's; the message does not repeat it
   */
  void requireUnused(Tokens tokens, Caller identity) {
    for (Kind kind : Kind.values()) {
      DeployedApp holder = holder(kind, tokens.of(kind));
      if (holder != null && !holder.identity().equals(identity)) {
        throw new InvalidInputException(
            kind.word() + " token of " + identity,
            "the one of " + holder.identity(),
            "the app's own");
      }
    }
  }

  @Nullable DeployedApp remove(Caller identity) {
    return deployments.remove(identity);
  }

  @Nullable DeployedApp find(Caller identity) {
    return deployments.get(identity);
  }

  /**
   * Returns whose token of that kind this is; null when nobody's. Each token there is is looked at,
   * and the whole of it, so that the time it takes tells nothing about them.
   */
  @Nullable DeployedApp holder(Kind kind, String token) {
    byte[] shown = token.getBytes(StandardCharsets.UTF_8);
    DeployedApp holder = null;
    for (DeployedApp deployed : deployments.values()) {
      if (deployed.hasToken(kind, shown)) {
        holder = deployed;
      }
    }
    return holder;
  }

  /** Returns all in the order of environment, owner and repository. */
  List<DeployedApp> all() {
    return deployments.values().stream()
        .sorted(Comparator.comparing(DeployedApp::identity, IN_ORDER))
        .toList();
  }

  /**
   * Returns an app that makes calls.
   *
   * @throws Refusal with 401 when it is not deployed, and so has no token
   */
  DeployedApp caller(Caller identity) {
    DeployedApp caller = find(identity);
    if (caller == null || caller.deployment().tokens().isEmpty()) {
      throw new Refusal(
          Refusal.UNAUTHORIZED,
          identity + (caller == null ? " is not deployed" : " was given no tokens"));
    }
    return caller;
  }

  /**
   * Returns the app that a call is for, in the caller's environment.
   *
   * @throws Refusal with 404 when it is not deployed there or has no backend
   */
  DeployedApp target(DeployedApp caller, AppId app) {
    DeployedApp target = find(new Caller(app, caller.identity().environment()));
    if (target == null) {
      throw new Refusal(
          Refusal.NOT_FOUND,
          "No deployment of %s in %s".formatted(app, caller.identity().environment()));
    }
    if (target.endpoint() == null) {
      throw new Refusal(Refusal.NOT_FOUND, "The deployment of %s has no backend".formatted(app));
    }
    return target;
  }

  /**
   * Checks that a target lets a caller in: its own owner's apps always.
   *
   * @throws Refusal with 403
   */
  static void requireAllowed(Kind kind, DeployedApp caller, DeployedApp target) {
    AppId from = caller.identity().app();
    AppId to = target.identity().app();
    List<String> allowed = target.allowed(kind);
    if (!from.owner().equals(to.owner())
        && !allowed.contains(from.owner())
        && !allowed.contains(from.toString())) {
      throw new Refusal(
          Refusal.FORBIDDEN, "%s does not allow %s in %s.allow".formatted(to, from, kind.word()));
    }
  }
}
