package io.w7s.sdk.signature;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.wire.AppRefusal;
import io.w7s.sdk.signature.RefusedRequest.Check;
import io.w7s.sdk.spi.TimeSource;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in to an app what its bridge has signed, and refuses the rest before anything is parsed. A
 * server that others than the developer can reach must have it around its app. Thread-safe.
 *
 * <pre>{@code
 * AppHandler service = SignedHandler.of(app, W7sConfig.load());
 * }</pre>
 *
 * <p>The signature covers the kind of the request, its method, path and query, its body, its
 * content type, and the headers with which the platform says who calls. The app gets the headers
 * {@code x-w7s-*} that are signed and no others, so it can trust those that it gets. A signature is
 * valid once, and for 5 minutes; see {@link UsedSignatures}.
 *
 * <p>A request without a signature, or one of the public that the bridge passes on, reaches only
 * what the app has {@linkplain AppHandler#isPublic opened to the public}, and without any header
 * {@code x-w7s-*}.
 *
 * <p>What is refused gets
 *
 * <ul>
 *   <li>400 when those on its way may have read it differently: its target, its method, or a header
 *       that is there twice or does not go with the others;
 *   <li>401 when its signature is missing, malformed, wrong, more than 5 minutes off, or used;
 *   <li>413 when its body is larger than {@link #maxBodyBytes()};
 *   <li>503 when it cannot be known whether its signature was used.
 * </ul>
 *
 * <p>Such a response has a body {@code {"ok":false,"error":"reason"}}, and a header {@code
 * x-w7s-time} with the time of this service in seconds since 1970. The log has one line at WARN
 * that names the check that failed. Neither shows a secret or a body.
 */
public final class SignedHandler implements AppHandler {

  private static final Logger log = LoggerFactory.getLogger(SignedHandler.class);

  private static final EnumSet<RequestKind> KINDS =
      EnumSet.complementOf(EnumSet.of(RequestKind.CALL));

  private final AppHandler app;
  private final TimeSource time;
  private final RequestVerifier verifier;
  private final UsedSignatures used;

  private SignedHandler(Builder builder) {
    app = builder.app;
    time = builder.time;
    verifier = new RequestVerifier(builder.secrets, KINDS, time);
    used =
        builder.used == null
            ? UsedSignatures.inMemory(UsedSignatures.DEFAULT_MAX_SIGNATURES, time)
            : builder.used;
    if (builder.secrets.isLocal()) {
      log.warn(
          "signatures are checked with the published secret of local development, which anybody can"
              + " sign with: set w7s.bridge.secret (variable W7S_BRIDGE_SECRET) where others can"
              + " reach this service");
    }
  }

  /**
   * Returns a handler with the secrets of the settings, for a single process.
   *
   * @throws ConfigurationException when no secret is set; see {@link W7sConfig#bridgeSecrets()}
   */
  public static SignedHandler of(AppHandler app, W7sConfig config) {
    return builder(app, config).build();
  }

  /**
   * Begins a handler with the secrets of the settings.
   *
   * @throws ConfigurationException when no secret is set; see {@link W7sConfig#bridgeSecrets()}
   */
  public static Builder builder(AppHandler app, W7sConfig config) {
    requireNonNull(app, "app");
    SigningSecrets secrets =
        requireNonNull(config, "config")
            .bridgeSecrets()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "No secret to check signatures with: set w7s.bridge.secret (variable"
                            + " W7S_BRIDGE_SECRET) to the secret of the bridge, or w7s.mode to"
                            + " local on a developer's machine."));
    return builder(app, secrets);
  }

  /** Begins a handler. */
  public static Builder builder(AppHandler app, SigningSecrets secrets) {
    return new Builder(requireNonNull(app, "app"), requireNonNull(secrets, "secrets"));
  }

  /** Sets up a handler. Not thread-safe. */
  public static final class Builder {

    private final AppHandler app;
    private final SigningSecrets secrets;
    private @Nullable UsedSignatures used;
    private TimeSource time = TimeSource.system();

    private Builder(AppHandler app, SigningSecrets secrets) {
      this.app = app;
      this.secrets = secrets;
    }

    /**
     * Sets what remembers the signatures that were used. Default: {@link
     * UsedSignatures#inMemory()}. Several processes with the same secret need one store.
     */
    public Builder used(UsedSignatures used) {
      this.used = requireNonNull(used, "used");
      return this;
    }

    /** Sets the clock. Default: the system's. */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /** Returns the handler. */
    public SignedHandler build() {
      return new SignedHandler(this);
    }
  }

  /** Passes a request that is let in to the app; see the class. */
  @Override
  public AppResponse handle(AppRequest request) {
    AppRequest letIn;
    try {
      letIn = letIn(request);
    } catch (RefusedRequest refused) {
      return refusal(request, refused);
    }
    return app.handle(letIn);
  }

  /** Returns the limit of the app. */
  @Override
  public int maxBodyBytes() {
    return app.maxBodyBytes();
  }

  /** Returns what the app has opened. */
  @Override
  public boolean isPublic(String method, String path) {
    return app.isPublic(method, path);
  }

  private AppRequest letIn(AppRequest request) throws RefusedRequest {
    int length = request.body().length;
    if (length > maxBodyBytes()) {
      throw new RefusedRequest(
          Check.BODY_SIZE,
          "the body has " + length + " bytes; at most " + maxBodyBytes() + " are allowed");
    }
    RequestTarget.check(request);
    if (!RequestVerifier.isSigned(request.headers())) {
      if (!isPublic(request.method(), request.path())) {
        throw new RefusedRequest(
            Check.SIGNATURE_MISSING, "the request is not signed, and not one for the public");
      }
      return anonymous(request);
    }
    RequestVerifier.Verified verified = verifier.verify(request);
    if (verified.kind() != RequestKind.PUBLIC) {
      requireFirstUse(verified);
      return verified.request();
    }
    // Its signature is not remembered: anybody may send it again anyway, and a flood of these
    // requests must not fill the memory that deliveries need.
    if (!isPublic(verified.request().method(), request.path())) {
      throw new RefusedRequest(Check.NOT_PUBLIC, "the request is not one for the public");
    }
    return verified.request();
  }

  private static AppRequest anonymous(AppRequest request) {
    Headers headers = SignedText.othersThanPlatforms(request.headers()).build();
    return new AppRequest(
        request.method(), request.path(), request.query(), headers, request.body());
  }

  private void requireFirstUse(RequestVerifier.Verified verified) throws RefusedRequest {
    boolean first;
    try {
      first = used.firstUse(verified.id(), verified.until());
    } catch (RuntimeException e) {
      throw new RefusedRequest(
          Check.IDS_UNAVAILABLE, "it cannot be known whether the signature was used", e.toString());
    }
    if (!first) {
      throw new RefusedRequest(Check.ID_USED, "the signature was used before");
    }
  }

  private AppResponse refusal(AppRequest request, RefusedRequest refused) {
    Check check = refused.check();
    String detail = refused.detail().isEmpty() ? "" : " (" + SafeText.of(refused.detail()) + ")";
    log.warn(
        "refused {} with {}: {}: {}{}", request, check.status(), check, refused.reason(), detail);
    Headers headers =
        Headers.of("content-type", "application/json")
            .with("x-w7s-time", Long.toString(time.now().getEpochSecond()));
    return new AppResponse(check.status(), headers, AppRefusal.toJson(refused.reason()));
  }
}
