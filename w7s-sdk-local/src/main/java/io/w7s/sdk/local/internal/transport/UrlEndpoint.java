package io.w7s.sdk.local.internal.transport;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.internal.json.Excerpt;
import io.w7s.sdk.okhttp.Exchange;
import io.w7s.sdk.okhttp.HttpAttempts;
import io.w7s.sdk.okhttp.Requests;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * An app at its URL. It receives the deliveries of the local platform, with the headers that a
 * local consumer expects. Thread-safe.
 */
public final class UrlEndpoint implements AppHandler {

  /** The time that the platform gives a workflow for one attempt. */
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final AppId app;
  private final LocalUrls urls;
  private final HttpAttempts http;
  private final Headers queueCaller;

  /**
   * Makes an endpoint. It connects when there is something to deliver.
   *
   * @param sender the app that sends all messages of this process
   */
  public UrlEndpoint(AppId app, LocalUrls urls, HttpAttempts http, Caller sender) {
    this.app = app;
    this.urls = urls;
    this.http = http;
    this.queueCaller =
        Headers.of("x-w7s-queue", "1")
            .with("x-w7s-queue-caller-repository", sender.app().toString())
            .with("x-w7s-queue-environment", sender.environment().name());
  }

  @Override
  public AppResponse handle(AppRequest request) {
    HttpUrl url = urls.url(app, request.path(), request.query());
    if (url == null) {
      return Deployment.backendFailure(Requests.CHANGED_ON_THE_WAY);
    }
    Outcome<RawResponse> outcome = http.execute(exchange(request, url), TIMEOUT);
    return outcome instanceof Outcome.Success<RawResponse> success
        ? response(url, success.result())
        : Deployment.backendFailure(((Outcome.NoResponse<RawResponse>) outcome).message());
  }

  private Exchange<RawResponse> exchange(AppRequest request, HttpUrl url) {
    Headers given = request.headers();
    Headers headers = given.has("x-w7s-queue") ? given.with(queueCaller) : given;
    Request.Builder http =
        Requests.post(url, headers, request.body())
            .removeHeader("host"); // the platform's own; here it is that of the URL
    var call =
        new RpcCall(
            app,
            request.method(),
            request.path(),
            request.path(),
            request.query(),
            given,
            RawBody.of(given, request.body()),
            false);
    return LocalHttp.exchange(call, http, app, request.path(), Outcome::success);
  }

  private static AppResponse response(HttpUrl url, RawResponse response) {
    return response.isSuccess()
        ? new AppResponse(response.status(), response.headers(), response.body())
        : Deployment.backendFailure(
            url.newBuilder().query(null).build()
                + " responded with "
                + response.status()
                + Excerpt.ofError(response.body()));
  }
}
