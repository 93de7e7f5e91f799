package io.w7s.sdk.emulator.internal.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.internal.wire.WhatwgUrl;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands requests to the backends of apps. No lock is held while a backend runs. */
public final class Dispatch {

  private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

  private static final AppResponse FAILED = Deployment.backendFailure("");

  private Dispatch() {}

  /** Calls a backend. When it throws or is not there, the response is a 502 with the reason. */
  public static AppResponse call(DeployedApp target, AppRequest request) {
    AppHandler handler = target.handler();
    if (handler == null) {
      return Deployment.backendFailure(target.instance() + " has no backend");
    }
    try {
      return handler.handle(request);
    } catch (RuntimeException thrown) {
      log.warn("{} in {} threw", request, target.instance(), thrown);
      String message = thrown.getMessage();
      return Deployment.backendFailure(
          message == null || message.isEmpty() ? thrown.getClass().getName() : message);
    }
  }

  /** Delivers to an app: posts JSON to a path of its manifest. */
  public static AppResponse deliver(DeployedApp target, String path, Headers headers, byte[] json) {
    return call(
        target,
        new AppRequest(
            "POST",
            WhatwgUrl.path(DeployedApp.withoutQuery(path)),
            WhatwgUrl.query(DeployedApp.query(path)),
            headers,
            json));
  }

  private static boolean succeeded(AppResponse response) {
    return response.status() >= 200 && response.status() < 300;
  }

  /** Returns the result of a delivery that got a response. */
  public static DeliveryResult result(DeployedApp target, String path, AppResponse response) {
    DeliveryResult result =
        succeeded(response)
            ? DeliveryResult.DONE
            : DeliveryResult.failed(
                target.instance() + " " + path + " " + failure(response), response.failures());
    return response.report().map(result::withReport).orElse(result);
  }

  /** Shows only the text that the emulator or a handler wrote: other text may be secret. */
  private static String failure(AppResponse response) {
    boolean told =
        response.status() == FAILED.status() && response.headers().equals(FAILED.headers());
    return told
        ? "failed: " + new String(response.body(), StandardCharsets.UTF_8)
        : "responded with " + response.status();
  }
}
