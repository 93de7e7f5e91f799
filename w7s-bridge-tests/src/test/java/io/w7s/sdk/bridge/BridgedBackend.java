package io.w7s.sdk.bridge;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** The backend of an app as the emulator sees it: whatever it sends goes to the bridge. */
final class BridgedBackend implements AppHandler {

  private final URI bridge;
  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .followRedirects(false)
          .retryOnConnectionFailure(false)
          .readTimeout(Duration.ofMinutes(1))
          .build();

  BridgedBackend(BridgeProcess bridge) {
    this(bridge.url());
  }

  /** At a URL that leads to a bridge, or to anything else. */
  BridgedBackend(URI bridge) {
    this.bridge = bridge;
  }

  @Override
  public AppResponse handle(AppRequest request) {
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    var http = new Request.Builder().url(bridge + request.path() + query);
    request.headers().forEach(http::addHeader); // the host of the platform among them
    boolean none = request.method().equals("GET") || request.method().equals("HEAD");
    http.method(request.method(), none ? null : RequestBody.create(request.body()));
    try (Response response = client.newCall(http.build()).execute()) {
      var headers = Headers.builder();
      response.headers().forEach(each -> headers.add(each.getFirst(), each.getSecond()));
      return new AppResponse(response.code(), headers.build(), response.body().bytes());
    } catch (IOException e) {
      client.connectionPool().evictAll(); // of a process that was killed
      throw new UncheckedIOException(e);
    }
  }
}
