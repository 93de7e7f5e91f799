package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppListener;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Tokens.Kind;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.Dispatch;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.internal.wire.WhatwgUrl;
import io.w7s.sdk.internal.text.ResponseBodies;
import io.w7s.sdk.internal.wire.AppRefusal;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Passes requests from app to app. Thread-safe. */
public final class RpcService {

  static final String PREFIX = "/api/v1/rpc/";

  /** The headers that are not passed on: the secret of the caller, and those of the connection. */
  private static final Set<String> NOT_PASSED =
      Set.of(
          "authorization",
          "connection",
          "content-length",
          "host",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-w7s-rpc-caller",
          "x-w7s-rpc-environment");

  private static final byte[] NO_BODY = {};

  private final Registry registry;
  private final UsageLedger usage;
  private final TimeSource time;
  private final AppListener listener;

  /** Makes the service of a platform. */
  public RpcService(Registry registry, UsageLedger usage, TimeSource time, AppListener listener) {
    this.registry = registry;
    this.usage = usage;
    this.time = time;
    this.listener = listener;
  }

  /**
   * A request to another app.
   *
   * @param path the path in the target
   * @param originalPath the path that the caller requested from the platform
   */
  record Request(
      AppId app,
      String method,
      String path,
      String originalPath,
      String query,
      Headers headers,
      RawBody body) {

    static Request of(RpcCall call) {
      RawBody body = call.body();
      return new Request(
          call.app(),
          call.method(),
          UrlPath.of(call.path()).pathFrom(0),
          PREFIX + call.app() + call.path(),
          WhatwgUrl.query(call.query()),
          call.headers(),
          body == null ? RawBody.of(call.headers(), NO_BODY) : body);
    }
  }

  /**
   * Makes a request, and returns the response of the target.
   *
   * @throws Refusal when the platform does not accept the request
   */
  RawResponse call(DeployedApp caller, Request request) {
    DeployedApp target = registry.target(caller, request.app());
    Registry.requireAllowed(Kind.RPC, caller, target);
    usage.admit(Metric.RPC_DISPATCH, caller.account(), 1, time.now());
    Headers headers =
        passed(request.headers())
            .with(caller.rpcCaller())
            .with(target.addressed())
            .with("x-w7s-original-path", request.originalPath());
    AppResponse response = response(target, request, headers);
    listener.responded(caller.caller(), target.app(), request.method(), request.path(), response);
    return new RawResponse(response.status(), response.headers(), body(request, response));
  }

  /** Returns what arrives of a body where HTTP allows none: nothing. */
  private static byte[] body(Request request, AppResponse response) {
    return request.method().equals("HEAD") || !ResponseBodies.isAllowed(response.status())
        ? NO_BODY
        : response.body();
  }

  private static AppResponse response(DeployedApp target, Request request, Headers headers) {
    AppHandler handler = target.handler();
    int max = handler == null ? W7sApp.DEFAULT_MAX_BODY_BYTES : handler.maxBodyBytes();
    byte[] body = read(request.body(), max);
    return body == null
        ? tooLarge(max)
        : Dispatch.call(
            target,
            new AppRequest(request.method(), request.path(), request.query(), headers, body));
  }

  /** Returns a body; null for a stream with more bytes than a limit, which may have no end. */
  private static byte @Nullable [] read(RawBody body, int max) {
    if (body.isInMemory()) {
      return body.bytes();
    }
    try (InputStream in = body.open()) {
      byte[] bytes = in.readNBytes(max);
      return in.read() < 0 ? bytes : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AppResponse tooLarge(int max) {
    return new AppResponse(
        Refusal.TOO_LARGE,
        Headers.of("content-type", "application/json"),
        AppRefusal.toJson("the body has more than the allowed " + max + " bytes"));
  }

  private static Headers passed(Headers given) {
    if (NOT_PASSED.stream().noneMatch(given::has)) {
      return given;
    }
    var passed = new Headers[] {Headers.none()};
    given.forEach(
        (name, value) -> {
          if (!NOT_PASSED.contains(name)) {
            passed[0] = passed[0].plus(name, value);
          }
        });
    return passed[0];
  }
}
