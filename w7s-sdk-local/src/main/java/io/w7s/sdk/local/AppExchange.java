package io.w7s.sdk.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a request from the JDK's server to the app, and the app's answer back. Thread-safe. */
final class AppExchange implements HttpHandler {

  private static final Logger log = LoggerFactory.getLogger(LocalAppServer.class);
  private static final String STATUS_PATH = "/_w7s/local/status";

  private final W7sApp app;
  private final LocalShape shape;
  private final URI url;
  private final InFlight inFlight;
  private final TimeSource time = TimeSource.system();

  AppExchange(W7sApp app, URI url, InFlight inFlight) {
    this.app = app;
    this.shape = new LocalShape(app.id());
    this.url = url;
    this.inFlight = inFlight;
  }

  @Override
  public void handle(HttpExchange exchange) {
    Duration start = time.elapsed();
    String method = exchange.getRequestMethod().toUpperCase(Locale.ROOT);
    HttpWire.Target target = HttpWire.Target.of(exchange.getRequestURI());
    boolean wanted = inFlight.enter();
    try {
      AppResponse response = answer(exchange, method, target, wanted);
      Thread.interrupted(); // a handler's interrupt is over with it, and would break the connection
      HttpWire.send(exchange, response);
      HttpWire.discardRest(exchange);
      log.debug(
          "{} {} {} in {} ms",
          method,
          target.path(),
          response.status(),
          time.elapsed().minus(start).toMillis());
    } catch (IOException gone) {
      log.debug("{} {}: its sender is gone ({})", method, target.path(), gone.getMessage());
    } finally {
      exchange.close();
      inFlight.exit();
    }
  }

  private AppResponse answer(
      HttpExchange exchange, String method, HttpWire.Target target, boolean wanted) {
    try {
      if (!wanted) {
        throw RequestRefused.closing(503, app.id() + " is being stopped");
      }
      LocalShape.Seen seen = shape.seen(target.path(), HttpWire.headers(exchange));
      if (seen.path().equals(STATUS_PATH)) {
        return status(method);
      }
      byte[] body = HttpWire.body(exchange, app.maxBodyBytes());
      AppResponse response =
          app.handle(new AppRequest(method, seen.path(), target.query(), seen.headers(), body));
      if (response.status() < 200 || response.status() > 999) {
        throw new IllegalStateException("no HTTP status: " + response.status());
      }
      return response;
    } catch (RequestRefused refused) {
      return refused.response();
    } catch (RuntimeException | Error defect) {
      log.error("{} {} in {} failed", method, target.path(), app.id(), defect);
      return new RequestRefused(500, "the request failed").response();
    }
  }

  private AppResponse status(String method) throws RequestRefused {
    if (!method.equals("GET")) {
      throw RequestRefused.method("GET");
    }
    AppId id = app.id();
    var status = new LinkedHashMap<String, Object>();
    status.put("ok", true);
    status.put("owner", id.owner());
    status.put("repo", id.repo());
    status.put("repository", id.toString());
    status.put("url", url.toString());
    return RequestRefused.json(200, status, Headers.none());
  }
}
