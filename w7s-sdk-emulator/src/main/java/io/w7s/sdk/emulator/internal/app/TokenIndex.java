package io.w7s.sdk.emulator.internal.app;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Tokens.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the app that a token may belong to. It keeps digests of the tokens, made with a random key
 * of its own, so that the time of a search reveals nothing about a token. Thread-safe for searches;
 * changes come one at a time.
 */
final class TokenIndex {

  private static final int KEY_BYTES = 32;

  private final byte[] key = new byte[KEY_BYTES];
  private final Map<String, AppInstance> owners = new ConcurrentHashMap<>();

  TokenIndex() {
    new SecureRandom().nextBytes(key);
  }

  /** Replaces the tokens of one deployment of an app by those of another. */
  void replace(@Nullable DeployedApp before, @Nullable DeployedApp after) {
    for (Kind kind : Kind.values()) {
      String old = before == null ? null : digest(before, kind);
      String changed = after == null ? null : digest(after, kind);
      if (after != null && changed != null) {
        owners.put(changed, after.instance());
      }
      if (before != null && old != null && !old.equals(changed)) {
        owners.remove(old, before.instance());
      }
    }
  }

  /** Returns the app that has a token; null when no app has it. */
  @Nullable AppInstance owner(Kind kind, byte[] token) {
    return owners.get(digest(kind, token));
  }

  private @Nullable String digest(DeployedApp app, Kind kind) {
    return app.deployment()
        .tokens()
        .map(tokens -> digest(kind, tokens.of(kind).getBytes(StandardCharsets.UTF_8)))
        .orElse(null);
  }

  private String digest(Kind kind, byte[] token) {
    MessageDigest digest = sha256();
    digest.update(key);
    digest.update(kind.word().getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    return new String(digest.digest(token), StandardCharsets.ISO_8859_1);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
