package io.w7s.sdk.signature;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.signature.RefusedRequest.Check;
import io.w7s.sdk.spi.TimeSource;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks signatures, but not whether they were used before. Thread-safe. */
final class RequestVerifier {

  static final String ID = "x-w7s-signature-id";
  static final String TIME = "x-w7s-signature-time";
  static final String SIGNATURE = "x-w7s-signature";
  static final String KIND = "x-w7s-kind";
  static final String VERSION = "v1,";

  /** How far the time of a signature may be off, either way. */
  static final long WINDOW_SECONDS = 300;

  private static final int SHORTEST_ID = 16;
  private static final int LONGEST_ID = 64;
  private static final int LONGEST_TIME = 12;

  /** The length of the Base64 of 32 bytes, with the version before it. */
  private static final int SIGNATURE_LENGTH = VERSION.length() + 44;

  /** The digits of Base64 whose last two bits are zero, as those before one padding are. */
  private static final String LAST_DIGITS = "AEIMQUYcgkosw048";

  private final SigningSecrets secrets;
  private final Set<RequestKind> kinds;
  private final TimeSource time;

  /**
   * Creates one.
   *
   * @param kinds those that come in this direction
   */
  RequestVerifier(SigningSecrets secrets, Set<RequestKind> kinds, TimeSource time) {
    this.secrets = secrets;
    this.kinds = kinds;
    this.time = time;
  }

  /**
   * A request whose signature is valid.
   *
   * @param id the signature's id
   * @param until when the signature is not valid any more
   * @param request the request without the headers that are not signed
   */
  record Verified(RequestKind kind, String id, Instant until, AppRequest request) {}

  /** Returns whether a request has a signature, or a part of one. */
  static boolean isSigned(Headers headers) {
    return headers.has(SIGNATURE) || headers.has(ID) || headers.has(TIME);
  }

  /** Verifies a request whose target and method were checked. */
  Verified verify(AppRequest request) throws RefusedRequest {
    Headers headers = request.headers();
    String signature = only(headers, SIGNATURE);
    String id = only(headers, ID);
    String signedAt = only(headers, TIME);
    String word = only(headers, KIND);
    RequestKind kind = RequestKind.of(word);
    if (kind == null) {
      throw new RefusedRequest(Check.KIND_UNKNOWN, KIND + " is not a kind of request");
    }
    if (!isId(id)) {
      throw new RefusedRequest(
          Check.ID_FORMAT, ID + " is not 16 to 64 letters, digits, hyphens and underscores");
    }
    long seconds = seconds(signedAt);
    byte[][] signatures = signatures(signature);
    SignedText text = SignedText.of(kind, request);
    if (!kinds.contains(kind)) {
      throw new RefusedRequest(
          Check.KIND_DIRECTION, "a request of the kind " + word + " goes the other way");
    }
    Instant now = time.now();
    checkTime(seconds, now.getEpochSecond());
    if (!secrets.verify(text.content(id, signedAt), signatures, now)) {
      throw new RefusedRequest(Check.SIGNATURE_WRONG, "the signature is wrong");
    }
    Instant until = Instant.ofEpochSecond(seconds + WINDOW_SECONDS + 1);
    return new Verified(kind, id, until, text.requestForApp());
  }

  private static String only(Headers headers, String name) throws RefusedRequest {
    List<String> values = headers.all(name);
    if (values.isEmpty()) {
      throw new RefusedRequest(Check.SIGNATURE_MISSING, "the header " + name + " is missing");
    }
    if (values.size() > 1) {
      throw new RefusedRequest(Check.HEADER_TWICE, "the header " + name + " is there twice");
    }
    return values.get(0);
  }

  private static boolean isId(String id) {
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !isDigit(c) && c != '-' && c != '_') {
        return false;
      }
    }
    return id.length() >= SHORTEST_ID && id.length() <= LONGEST_ID;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static long seconds(String text) throws RefusedRequest {
    boolean digits = !text.isEmpty() && text.length() <= LONGEST_TIME;
    for (int i = 0; digits && i < text.length(); i++) {
      digits = isDigit(text.charAt(i));
    }
    if (!digits) {
      throw new RefusedRequest(Check.TIME_FORMAT, TIME + " is not seconds since 1970");
    }
    return Long.parseLong(text);
  }

  private static byte[][] signatures(String header) throws RefusedRequest {
    byte[] first = signature(header, 0);
    if (first != null && header.length() == SIGNATURE_LENGTH) {
      return new byte[][] {first};
    }
    boolean two =
        header.length() == 2 * SIGNATURE_LENGTH + 1 && header.charAt(SIGNATURE_LENGTH) == ' ';
    byte[] second = two ? signature(header, SIGNATURE_LENGTH + 1) : null;
    if (first == null || second == null) {
      throw new RefusedRequest(
          Check.SIGNATURE_FORMAT, SIGNATURE + " is not one or two of v1, and Base64 of 32 bytes");
    }
    return new byte[][] {first, second};
  }

  private static byte @Nullable [] signature(String header, int start) {
    int end = start + SIGNATURE_LENGTH;
    boolean canonical =
        header.length() >= end
            && header.startsWith(VERSION, start)
            && header.charAt(end - 1) == '='
            && LAST_DIGITS.indexOf(header.charAt(end - 2)) >= 0;
    if (!canonical) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(header.substring(start + VERSION.length(), end));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static void checkTime(long seconds, long now) throws RefusedRequest {
    if (now - seconds > WINDOW_SECONDS) {
      throw new RefusedRequest(
          Check.TOO_OLD,
          "the signature is too old: " + (now - seconds) + " s before the clock of the service");
    }
    if (seconds - now > WINDOW_SECONDS) {
      throw new RefusedRequest(
          Check.TOO_NEW,
          "the signature is too new: " + (seconds - now) + " s after the clock of the service");
    }
  }
}
