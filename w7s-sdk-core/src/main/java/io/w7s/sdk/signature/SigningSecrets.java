package io.w7s.sdk.signature;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The secret that a bridge and its service share: text that begins with {@code whsec_}, followed by
 * the Base64 of 32 to 64 bytes. To change it, the receiver takes the previous one as well for some
 * time: see {@link #withPrevious}. Immutable and thread-safe. Nothing shows a secret, neither
 * {@link #toString()} nor an exception.
 *
 * <pre>{@code
 * SigningSecrets secrets = SigningSecrets.of(System.getenv("W7S_BRIDGE_SECRET"));
 * }</pre>
 */
public final class SigningSecrets {

  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int SHORTEST = 32;
  private static final int LONGEST = 64;

  /** What the published secret is the SHA-256 of. */
  private static final String LOCAL_TEXT =
      "w7s local development: this secret is published, it protects nothing";

  private static final SigningSecrets LOCAL = new SigningSecrets(key(localKey()), true, null, null);

  /**
   * Initialised and never updated: each signature is made with a copy, as no Mac is thread-safe.
   */
  private final Mac key;

  private final boolean local;
  private final @Nullable SigningSecrets previous;
  private final @Nullable Instant previousUntil;

  private SigningSecrets(
      Mac key, boolean local, @Nullable SigningSecrets previous, @Nullable Instant previousUntil) {
    this.key = key;
    this.local = local;
    this.previous = previous;
    this.previousUntil = previousUntil;
  }

  /**
   * Reads a secret.
   *
   * @param secret {@code whsec_} and the Base64 of 32 to 64 bytes, with padding
   * @throws InvalidInputException when it is anything else; the message says what is wrong, and
   *     repeats nothing of it
   */
  public static SigningSecrets of(String secret) {
    byte[] bytes = bytes(requireNonNull(secret, "secret"));
    return MessageDigest.isEqual(bytes, localKey())
        ? LOCAL
        : new SigningSecrets(key(bytes), false, null, null);
  }

  /**
   * Returns the published secret of local development. It protects nothing, because everybody has
   * it: it lets the same code run locally as in production. Hosted mode refuses it.
   */
  public static SigningSecrets local() {
    return LOCAL;
  }

  /** Returns a new, random secret of 32 bytes, as the text that {@link #of} takes. */
  public static String generate() {
    try {
      KeyGenerator generator = KeyGenerator.getInstance(ALGORITHM);
      generator.init(SHORTEST * Byte.SIZE);
      return text(generator.generateKey().getEncoded());
    } catch (NoSuchAlgorithmException e) { // every Java platform has it
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns these secrets with a previous one, with which a signature is valid too until an
   * instant. A former previous one is left out. What is sent until then is signed with both.
   *
   * <p>To change a secret without refusing a request: give one side the new secret, and the old one
   * as the previous until, say, an hour later; then do the same on the other side.
   *
   * @param secret as {@link #of} takes it
   * @param until when it ends
   * @throws InvalidInputException as {@link #of}
   */
  public SigningSecrets withPrevious(String secret, Instant until) {
    return new SigningSecrets(key, local, of(secret), requireNonNull(until, "until"));
  }

  /** Returns whether one of them is the published secret of local development. */
  public boolean isLocal() {
    return local || (previous != null && previous.local);
  }

  /** Returns the signatures of some bytes with each secret that is valid, the current one first. */
  List<byte[]> signatures(byte[] content, Instant now) {
    byte[] current = sign(content);
    SigningSecrets former = previous(now);
    return former == null ? List.of(current) : List.of(current, former.sign(content));
  }

  private @Nullable SigningSecrets previous(Instant now) {
    return previousUntil != null && now.isBefore(previousUntil) ? previous : null;
  }

  byte[] sign(byte[] content) {
    try {
      return ((Mac) key.clone()).doFinal(content);
    } catch (CloneNotSupportedException e) { // SigningSecrets makes none of these
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns whether one of some signatures is that of some bytes, with a secret that is valid. How
   * long it takes does not depend on how much of them is right.
   */
  boolean verify(byte[] content, byte[][] signatures, Instant now) {
    boolean valid = isIn(signatures, sign(content));
    SigningSecrets former = previous(now);
    if (former != null) {
      valid |= isIn(signatures, former.sign(content));
    }
    return valid;
  }

  private static boolean isIn(byte[][] signatures, byte[] right) {
    boolean found = false;
    for (byte[] signature : signatures) {
      found |= MessageDigest.isEqual(right, signature);
    }
    return found;
  }

  private static byte[] bytes(String secret) {
    if (secret.isEmpty()) {
      throw refused("empty text");
    }
    if (!secret.startsWith(PREFIX)) {
      throw refused("text that begins with something else");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
    } catch (IllegalArgumentException e) { // not as a cause: it repeats a part
      throw refused("text that is not Base64 after " + PREFIX);
    }
    if (bytes.length < SHORTEST || bytes.length > LONGEST) {
      throw refused(bytes.length + " bytes");
    }
    if (!text(bytes).equals(secret)) {
      throw refused("Base64 without its padding, or with bits that mean nothing");
    }
    return bytes;
  }

  private static String text(byte[] bytes) {
    return PREFIX + Base64.getEncoder().encodeToString(bytes);
  }

  private static InvalidInputException refused(String found) {
    return new InvalidInputException(
        "signing secret",
        found,
        PREFIX + " and the Base64 of " + SHORTEST + " to " + LONGEST + " random bytes");
  }

  private static byte[] localKey() {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(LOCAL_TEXT.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) { // every Java platform has it
      throw new IllegalStateException(e);
    }
  }

  private static Mac key(byte[] bytes) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(bytes, ALGORITHM));
      return (Mac) mac.clone(); // fails here where a provider cannot
    } catch (InvalidKeyException | NoSuchAlgorithmException | CloneNotSupportedException e) {
      throw new IllegalStateException("no " + ALGORITHM + " that can be copied", e);
    }
  }

  /** Returns what they are, and nothing of them. */
  @Override
  public String toString() {
    String until = previousUntil == null ? "" : ", previous until " + previousUntil;
    return "SigningSecrets[" + (local ? "published" : "secret") + until + "]";
  }
}
