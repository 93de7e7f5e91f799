package io.w7s.consumer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.signature.SignedHandler;
import java.net.URI;

// [micronaut-filter]
@ServerFilter("/w7s/**")
class W7sFilter {

  private static final byte[] NONE = {};

  private final AppHandler service;

  W7sFilter(W7sApp app, W7sConfig config) {
    service = SignedHandler.of(app, config);
  }

  @RequestFilter
  @ExecuteOn(TaskExecutors.BLOCKING)
  HttpResponse<byte[]> serve(HttpRequest<?> request, @Body @Nullable byte[] body) {
    Headers.Builder headers = Headers.builder();
    request
        .getHeaders()
        .forEach(
            (name, values) ->
                values.forEach(
                    value -> headers.add(name, new String(value.getBytes(ISO_8859_1), UTF_8))));
    URI uri = request.getUri(); // as it came; getPath() is decoded
    AppResponse response =
        service.handle(
            new AppRequest(
                request.getMethodName(),
                uri.getRawPath().equals("/w7s") ? "/" : uri.getRawPath().substring("/w7s".length()),
                uri.getRawQuery() == null ? "" : uri.getRawQuery(),
                headers.build(),
                body == null ? NONE : body));
    MutableHttpResponse<byte[]> answer = HttpResponse.status(response.status(), "");
    response.headers().forEach((name, value) -> answer.getHeaders().add(name, value));
    return answer.body(response.body());
  }
}
// [micronaut-filter]
