package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.local.LocalUrlShape.AppView;
import io.w7s.sdk.local.internal.server.HttpHandler;
import io.w7s.sdk.local.internal.server.IncomingRequest;
import io.w7s.sdk.local.internal.server.RequestRefused;
import io.w7s.sdk.local.internal.server.Responses;
import java.io.IOException;
import java.net.InetAddress;
import java.util.LinkedHashMap;

/** Takes requests to an app in the URL shape of w7s-local. Thread-safe. */
final class LocalAppHandler implements HttpHandler {

  private static final String STATUS_PATH = "/_w7s/local/status";

  private final AppId app;
  private final AppHandler handler;
  private final InetAddress address;
  private final LocalUrlShape shape;
  private final DeliveryPaths deliveries;

  LocalAppHandler(W7sApp app, AppHandler handler, InetAddress address) {
    this.app = app.id();
    this.handler = handler;
    this.address = address;
    this.shape = new LocalUrlShape(app.id());
    this.deliveries = new DeliveryPaths(app.manifest());
  }

  @Override
  public AppResponse handle(IncomingRequest request) throws IOException {
    AppView view = shape.appView(request.host(), request.path(), request.headers());
    if (view.path().equals(STATUS_PATH)) {
      return status(request);
    }
    if (request.method().equals("POST") && deliveries.contains(view.path())) {
      request.requireJson();
    }
    byte[] body = request.readBody(handler.maxBodyBytes());
    return handler.handle(
        new AppRequest(request.method(), view.path(), request.query(), view.headers(), body));
  }

  private AppResponse status(IncomingRequest request) throws RequestRefused {
    if (!request.method().equals("GET")) {
      throw new RequestRefused(405, "only GET is allowed here", Headers.of("allow", "GET"));
    }
    var status = new LinkedHashMap<String, Object>();
    status.put("ok", true);
    status.put("owner", app.owner());
    status.put("repo", app.repo());
    status.put("repository", app.toString());
    status.put("url", LocalAppServer.url(address, request.localPort(), app).toString());
    return Responses.json(200, status);
  }

  @Override
  public AppResponse refusal(int status, String reason) {
    return Responses.appRefusal(status, reason);
  }
}
