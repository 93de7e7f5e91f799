package io.w7s.sdk.signature;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.spi.TimeSource;
import java.time.Instant;
import java.util.Base64;
import java.util.StringJoiner;

/**
 * Signs requests as the bridge does, for tests of a service and for callers that stand in for a
 * bridge. Thread-safe.
 *
 * <pre>{@code
 * RequestSigner bridge = RequestSigner.of(SigningSecrets.local());
 * AppResponse response = service.handle(bridge.sign(RequestKind.QUEUE, delivery));
 * }</pre>
 */
public final class RequestSigner {

  private final SigningSecrets secrets;
  private final TimeSource time;

  private RequestSigner(SigningSecrets secrets, TimeSource time) {
    this.secrets = requireNonNull(secrets, "secrets");
    this.time = requireNonNull(time, "time");
  }

  /**
   * Returns a signer.
   *
   * @param secrets it signs with each of them that is valid, so it does not matter which side
   *     learns a new one first
   */
  public static RequestSigner of(SigningSecrets secrets) {
    return of(secrets, TimeSource.system());
  }

  /** Returns a signer with a clock of its own. */
  public static RequestSigner of(SigningSecrets secrets, TimeSource time) {
    return new RequestSigner(secrets, time);
  }

  /**
   * Returns a request with the headers of a signature: {@code x-w7s-signature-id}, {@code -time},
   * {@code x-w7s-signature} and {@code x-w7s-kind}. They replace former ones. A signature is taken
   * once, so each attempt at sending a request needs its own.
   *
   * @param kind what the request is; its headers must be those of the kind
   * @param request the path is the one that the receiver sees, without a prefix of its server
   * @throws InvalidInputException when a receiver would refuse the request: its target or method is
   *     ambiguous, or its headers do not go with the kind
   */
  public AppRequest sign(RequestKind kind, AppRequest request) {
    requireNonNull(kind, "kind");
    requireNonNull(request, "request");
    String id = RandomIds.next(time.random());
    Instant now = time.now();
    String signedAt = Long.toString(now.getEpochSecond());
    var signatures = new StringJoiner(" ");
    try {
      RequestTarget.check(request);
      byte[] content = SignedText.of(kind, request).content(id, signedAt);
      for (byte[] signature : secrets.signatures(content, now)) {
        signatures.add(RequestVerifier.VERSION + Base64.getEncoder().encodeToString(signature));
      }
    } catch (RefusedRequest refused) {
      throw new InvalidInputException(
          "request to sign", refused.reason(), "one that its receiver takes");
    }
    return new AppRequest(
        request.method(),
        request.path(),
        request.query(),
        request
            .headers()
            .with(RequestVerifier.KIND, kind.word())
            .with(RequestVerifier.ID, id)
            .with(RequestVerifier.TIME, signedAt)
            .with(RequestVerifier.SIGNATURE, signatures.toString()),
        request.body());
  }
}
