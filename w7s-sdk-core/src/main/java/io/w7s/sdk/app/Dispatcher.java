package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.ThrowableText;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes each request to its route, and turns whatever goes wrong into a response. */
final class Dispatcher {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  private final AppContext context;
  private final RouteTable routes;
  private final int maxBodyBytes;

  Dispatcher(AppContext context, RouteTable routes, int maxBodyBytes) {
    this.context = context;
    this.routes = routes;
    this.maxBodyBytes = maxBodyBytes;
  }

  int maxBodyBytes() {
    return maxBodyBytes;
  }

  List<AppRoute> routes() {
    return routes.all();
  }

  int sendOverdue() {
    return context.reliableQueues().stream().mapToInt(ReliableQueue::sendOverdue).sum();
  }

  boolean isPublic(String method, String path) {
    try {
      RouteTable.Match match = routes.find(path);
      return match != null && match.publicMethods().contains(method);
    } catch (InvalidInputException unreadable) {
      return false;
    }
  }

  AppContext context() {
    return context;
  }

  AppResponse handle(AppRequest request) {
    AppId app = context.app();
    if (request.body().length > maxBodyBytes) {
      return Responses.refusal(
          413,
          "the body has "
              + request.body().length
              + " bytes; at most "
              + maxBodyBytes
              + " are allowed");
    }
    RouteTable.Match match;
    try {
      match = routes.find(request.path());
    } catch (InvalidInputException unreadable) {
      return Responses.refusal(400, unreadable.getMessage());
    }
    if (match == null) {
      return Responses.refusal(404, app + " has no such path");
    }
    Route route = match.byMethod().get(request.method());
    if (route == null) {
      String allowed = String.join(", ", match.methods());
      return Responses.refusal(
          405, "this path allows only " + allowed, Headers.of("allow", allowed));
    }
    if (route.isDelivery()) {
      if (request.headers().has("x-w7s-rpc")) {
        log.warn("refused {} in {}: it came by RPC, which deliveries never do", request, app);
        return Responses.refusal(403, "this path takes deliveries of the platform, not RPC");
      }
      if (!isJson(request.headers())) {
        return Responses.refusal(415, "a delivery must have the content type application/json");
      }
    }
    try {
      return route.handle(request, match.variables(), context);
    } catch (Route.BadRequest bad) {
      HandlerFailure failure = HandlerFailure.unreadable(request, reason(bad));
      log.warn(
          "{} in {} could not be read: {}",
          failure.what(),
          app,
          ThrowableText.reason(failure.cause()));
      return Responses.unreadable(bad.getMessage(), List.of(failure));
    } catch (Throwable thrown) { // a codec that breaks its contract, an Error while reading
      return context.handlerFailed(request.toString(), thrown);
    }
  }

  private static Throwable reason(Route.BadRequest bad) {
    return bad.getCause() == null ? bad : bad.getCause();
  }

  /**
   * Returns whether a delivery may be one of the platform, which sends JSON. A web page can make a
   * browser send anything else to an app on the developer's machine. Where no content type is
   * given, the caller is in this process, or the server has decided.
   */
  private static boolean isJson(Headers headers) {
    return headers.first("content-type").map(Dispatcher::isJson).orElse(true);
  }

  private static boolean isJson(String contentType) {
    if (contentType.equals("application/json")) {
      return true; // the usual case, and each delivery is asked
    }
    int end = contentType.indexOf(';');
    String type = (end < 0 ? contentType : contentType.substring(0, end)).trim();
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.equals("application/json")
        || (lower.startsWith("application/") && lower.endsWith("+json"));
  }

  @Override
  public String toString() {
    return routes.toString();
  }
}
