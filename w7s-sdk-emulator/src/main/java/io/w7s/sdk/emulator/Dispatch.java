package io.w7s.sdk.emulator;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands requests to backends. No lock is held while one runs. */
final class Dispatch {

  private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

  private static final AppResponse FAILED = AppEndpoint.failed("");

  private Dispatch() {}

  /** Calls a backend; one that throws, or is not there, answers 502 with the reason. */
  static AppResponse call(DeployedApp target, AppRequest request) {
    AppEndpoint endpoint = target.endpoint();
    if (endpoint == null) {
      return AppEndpoint.failed(target.identity() + " has no backend");
    }
    try {
      return endpoint.handle(request);
    } catch (RuntimeException thrown) {
      log.warn("{} in {} threw", request, target.identity(), thrown);
      String message = thrown.getMessage();
      return AppEndpoint.failed(
          message == null || message.isEmpty() ? thrown.getClass().getName() : message);
    }
  }

  /** Makes a delivery of the platform: a POST of JSON to a path of the manifest. */
  static AppResponse deliver(DeployedApp target, String path, Headers headers, byte[] json) {
    return call(
        target,
        new AppRequest(
            "POST", DeployedApp.withoutQuery(path), DeployedApp.query(path), headers, json));
  }

  static boolean succeeded(AppResponse response) {
    return response.status() >= 200 && response.status() < 300;
  }

  /** What an answer means for a delivery. */
  static Delivery delivery(DeployedApp target, String path, AppResponse answer) {
    return succeeded(answer)
        ? Delivery.DONE
        : Delivery.failed(target.identity() + " " + path + " " + failure(answer));
  }

  /**
   * What the emulator or an endpoint itself says of a backend that is broken; the words of others
   * may be secret.
   */
  private static String failure(AppResponse answer) {
    boolean told = answer.status() == FAILED.status() && answer.headers().equals(FAILED.headers());
    return told
        ? "failed: " + new String(answer.body(), StandardCharsets.UTF_8)
        : "answered " + answer.status();
  }
}
