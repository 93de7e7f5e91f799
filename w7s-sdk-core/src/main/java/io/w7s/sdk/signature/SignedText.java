package io.w7s.sdk.signature;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.signature.RefusedRequest.Check;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is signed of a request: a text that fixes all that counts. All of it is ASCII, and none of
 * its parts but the last can hold the line feed that ends it.
 */
final class SignedText {

  /** The headers that are signed, in their order. */
  private static final String[] HEADERS = {
    "content-type",
    "x-w7s-rpc",
    "x-w7s-rpc-caller-owner",
    "x-w7s-rpc-caller-repo",
    "x-w7s-rpc-caller-repository",
    "x-w7s-rpc-caller-environment",
    "x-w7s-queue",
    "x-w7s-queue-name",
    "x-w7s-workflow",
    "x-w7s-workflow-name",
    "x-w7s-workflow-instance",
    "x-w7s-schedule",
    "x-w7s-schedule-cron",
    "x-w7s-schedule-time",
    "x-w7s-org-slug",
    "x-w7s-repo-slug",
    "x-w7s-original-path",
    "x-w7s-queue-delay-seconds",
    "x-w7s-workflow-instance-id",
    "x-w7s-queue-caller-repository",
    "x-w7s-queue-environment"
  };

  private static final @Nullable RequestKind[] OWNERS = owners();

  private static final String FIRST_LINE = "w7s-request-1";
  private static final String PREFIX = "x-w7s-";
  private static final int CONTENT_TYPE = 0;
  private static final int DIGEST_CHARACTERS = 64;
  private static final String HEX = "0123456789abcdef";

  /** Never updated: each request digests with a copy, which costs less than a look-up. */
  private static final MessageDigest SHA_256 = sha256();

  private final RequestKind kind;
  private final AppRequest request;
  private final String method;
  private final @Nullable String[] values;

  private SignedText(
      RequestKind kind, AppRequest request, String method, @Nullable String[] values) {
    this.kind = kind;
    this.request = request;
    this.method = method;
    this.values = values;
  }

  /**
   * Takes what is signed from a request whose target and method were checked.
   *
   * @throws RefusedRequest when a header that is signed is there twice, has an unusual value, or
   *     does not go with the kind
   */
  static SignedText of(RequestKind kind, AppRequest request) throws RefusedRequest {
    var values = new @Nullable String[HEADERS.length];
    String header = null;
    for (int i = 0; i < HEADERS.length; i++) {
      List<String> all = request.headers().all(HEADERS[i]);
      if (all.isEmpty()) {
        continue;
      }
      if (all.size() > 1) {
        throw new RefusedRequest(
            Check.HEADER_TWICE, "the header " + HEADERS[i] + " is there twice");
      }
      String value = checked(HEADERS[i], all.get(0));
      if (i != CONTENT_TYPE && !mayHave(kind, OWNERS[i])) {
        throw new RefusedRequest(
            Check.KIND_HEADERS, "a request of the kind " + kind.word() + " has no " + HEADERS[i]);
      }
      if (HEADERS[i].equals(kind.header())) {
        header = value;
      }
      values[i] = value;
    }
    if (!kind.takes(header)) {
      throw new RefusedRequest(
          Check.KIND_HEADERS,
          "a request of the kind " + kind.word() + " has another " + kind.header());
    }
    return new SignedText(kind, request, request.method().toUpperCase(Locale.ROOT), values);
  }

  private static boolean mayHave(RequestKind kind, @Nullable RequestKind owner) {
    return owner == null ? kind.isOfPlatform() : owner == kind;
  }

  private static String checked(String name, String value) throws RefusedRequest {
    int start = 0;
    int end = value.length();
    while (start < end && isBlank(value.charAt(start))) {
      start++;
    }
    while (start < end && isBlank(value.charAt(end - 1))) {
      end--;
    }
    boolean printable = start < end;
    for (int i = start; i < end; i++) {
      printable &= value.charAt(i) >= ' ' && value.charAt(i) <= '~';
    }
    if (!printable) {
      throw new RefusedRequest(
          Check.HEADER_VALUE, "the value of the header " + name + " is not printable ASCII");
    }
    return value.substring(start, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** Returns the bytes to sign. */
  byte[] content(String id, String time) {
    String target = RequestTarget.of(request);
    int length = id.length() + time.length() + 2;
    length += FIRST_LINE.length() + kind.word().length() + method.length() + target.length() + 4;
    for (int i = 0; i < values.length; i++) {
      String value = values[i];
      length += value == null ? 0 : HEADERS[i].length() + value.length() + 2;
    }
    var out = new Ascii(length + DIGEST_CHARACTERS + 1);
    out.add(id, '.').add(time, '.').add(FIRST_LINE, '\n');
    out.add(kind.word(), '\n').add(method, '\n').add(target, '\n');
    for (int i = 0; i < values.length; i++) {
      String value = values[i];
      if (value != null) {
        out.add(HEADERS[i], ':').add(value, '\n');
      }
    }
    return out.addHex(copy(SHA_256).digest(request.body())).end();
  }

  /** Returns the request as the app sees it: of the headers of the platform only those signed. */
  AppRequest requestForApp() {
    Headers.Builder headers = othersThanPlatforms(request.headers());
    for (int i = CONTENT_TYPE + 1; i < values.length; i++) {
      String value = values[i];
      if (value != null) {
        headers.add(HEADERS[i], value);
      }
    }
    return with(headers.build());
  }

  private AppRequest with(Headers headers) {
    return new AppRequest(method, request.path(), request.query(), headers, request.body());
  }

  /** Returns the headers without any that only the platform may set. */
  static Headers.Builder othersThanPlatforms(Headers headers) {
    Headers.Builder others = Headers.builder();
    headers.forEach(
        (name, value) -> {
          if (!name.startsWith(PREFIX)) {
            others.add(name, value);
          }
        });
    return others;
  }

  private static @Nullable RequestKind[] owners() {
    var owners = new @Nullable RequestKind[HEADERS.length];
    for (int i = 0; i < HEADERS.length; i++) {
      owners[i] = RequestKind.ofHeader(HEADERS[i]);
    }
    return owners;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) { // every Java platform has it
      throw new IllegalStateException(e);
    }
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) { // one of a provider in hardware
      return sha256();
    }
  }

  /** Bytes of a known number, filled one after the other. */
  private static final class Ascii {

    private final byte[] bytes;
    private int length;

    Ascii(int length) {
      this.bytes = new byte[length];
    }

    Ascii add(String text, char end) {
      for (int i = 0; i < text.length(); i++) {
        bytes[length++] = (byte) text.charAt(i);
      }
      bytes[length++] = (byte) end;
      return this;
    }

    Ascii addHex(byte[] digest) {
      for (byte b : digest) {
        bytes[length++] = (byte) HEX.charAt((b >> 4) & 0xF);
        bytes[length++] = (byte) HEX.charAt(b & 0xF);
      }
      return this;
    }

    byte[] end() {
      bytes[length] = '\n';
      return bytes;
    }
  }
}
