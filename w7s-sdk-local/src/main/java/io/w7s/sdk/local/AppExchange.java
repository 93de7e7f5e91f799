package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.internal.json.Excerpt;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a request to the app, and the app's answer back. Thread-safe. */
final class AppExchange implements HttpServerRequestHandler {

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
  public void handle(ClassicHttpRequest request, ResponseTrigger trigger, HttpContext context)
      throws HttpException, IOException {
    Duration start = time.elapsed();
    boolean wanted = inFlight.enter();
    try {
      AppResponse response = answer(request, wanted);
      Thread.interrupted(); // a handler's interrupt is over with it
      submit(request, response, trigger);
      if (log.isDebugEnabled()) {
        long millis = time.elapsed().minus(start).toMillis();
        log.debug("{} {} in {} ms", shown(request), response.status(), millis);
      }
    } finally {
      inFlight.exit();
    }
  }

  private static void submit(
      ClassicHttpRequest request, AppResponse response, ResponseTrigger trigger)
      throws HttpException, IOException {
    if (request.getEntity() != null) {
      request.setEntity(new UnwantedBody(request.getEntity()));
    }
    try {
      trigger.submitResponse(HttpWire.response(response));
    } catch (ConnectionClosedException closed) {
      // HttpCore flushes once more what it has closed after the answer
    }
  }

  /** Returns method and path for the log; not the query, for it may be secret. */
  private static String shown(ClassicHttpRequest request) {
    String target = request.getPath();
    int query = target.indexOf('?');
    return Excerpt.of(
        request.getMethod() + " " + (query < 0 ? target : target.substring(0, query)));
  }

  private AppResponse answer(ClassicHttpRequest request, boolean wanted) {
    try {
      if (!wanted) {
        throw RequestRefused.closing(503, app.id() + " is being stopped");
      }
      HttpWire.Target target = HttpWire.Target.of(request.getPath());
      String method = request.getMethod().toUpperCase(Locale.ROOT);
      LocalShape.Seen seen = shape.seen(target.path(), HttpWire.headers(request));
      if (seen.path().equals(STATUS_PATH)) {
        return status(method);
      }
      byte[] body = HttpWire.body(request, app.maxBodyBytes());
      AppResponse response =
          app.handle(new AppRequest(method, seen.path(), target.query(), seen.headers(), body));
      if (response.status() < 200 || response.status() > 999) {
        throw new IllegalStateException("no HTTP status: " + response.status());
      }
      return response;
    } catch (RequestRefused refused) {
      return refused.response();
    } catch (RuntimeException | Error defect) {
      log.error("{} in {} failed", shown(request), app.id(), defect);
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
