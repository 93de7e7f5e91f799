package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JsonCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a request to its route, and whatever goes wrong on the way to a status. */
final class Dispatcher {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  private final AppId app;
  private final RouteTable routes;
  private final JsonCodec codec;
  private final int maxBodyBytes;

  Dispatcher(AppId app, RouteTable routes, JsonCodec codec, int maxBodyBytes) {
    this.app = app;
    this.routes = routes;
    this.codec = codec;
    this.maxBodyBytes = maxBodyBytes;
  }

  int maxBodyBytes() {
    return maxBodyBytes;
  }

  AppResponse handle(AppRequest request) {
    if (request.body().length > maxBodyBytes) {
      return Responses.refusal(
          413,
          "the body has " + request.body().length + " bytes, " + maxBodyBytes + " are allowed");
    }
    RouteTable.Match match;
    try {
      match = routes.find(request.path());
    } catch (InvalidInputException unreadable) {
      return Responses.refusal(400, unreadable.getMessage());
    }
    if (match == null) {
      return Responses.refusal(404, "nothing is here in " + app);
    }
    Route route = match.byMethod().get(request.method());
    if (route == null) {
      String allowed = String.join(", ", match.methods());
      return Responses.refusal(
          405, "only " + allowed + " is answered here", Headers.of("allow", allowed));
    }
    if (route.isDelivery() && request.headers().first("x-w7s-rpc").isPresent()) {
      return Responses.refusal(403, "deliveries come from the platform, not by RPC");
    }
    try {
      return route.handle(request, match.variables(), codec);
    } catch (Route.BadRequest bad) {
      log.warn("{} in {} could not be read: {}", request, app, bad.getMessage());
      return Responses.refusal(400, bad.getMessage());
    } catch (Route.HandlerFailure failure) {
      if (failure.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      log.error("{} in {} failed", failure.getMessage(), app, failure.getCause());
      return Responses.refusal(500, "the handler failed");
    }
  }

  @Override
  public String toString() {
    return routes.toString();
  }
}
