package io.w7s.sdk.spring.internal.web;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.internal.text.HeaderText;
import io.w7s.sdk.internal.text.ResponseBodies;
import io.w7s.sdk.internal.wire.AppRefusal;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * Hands requests of WebFlux to an app, on a thread that may block. What the filters of the
 * application refuse does not get here.
 */
public final class MountedWebHandler implements WebHandler, HandlerMapping, Ordered {

  private static final Logger log = LoggerFactory.getLogger(MountedWebHandler.class);
  private static final int RESET_CONTENT = 205;

  /** The connection is the server's. */
  private static final Set<String> SERVERS_OWN =
      Set.of("connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "date");

  private final AppHandler app;
  private final Scheduler scheduler;

  /**
   * Creates a handler.
   *
   * @param scheduler runs each request as one task
   */
  public MountedWebHandler(AppHandler app, Scheduler scheduler) {
    this.app = app;
    this.scheduler = scheduler;
  }

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  public Mono<Object> getHandler(ServerWebExchange exchange) {
    return RecordedExchange.requestOf(exchange) == null ? Mono.empty() : Mono.just(this);
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange) {
    AppRequest request = RecordedExchange.requestOf(exchange);
    if (request == null) {
      return Mono.error(new IllegalStateException("not a request of the app"));
    }
    return Mono.<AppResponse>create(sink -> handle(request, sink))
        .flatMap(response -> send(exchange.getResponse(), response));
  }

  /** A handler goes on when its caller has gone, so nothing here cancels it. */
  private void handle(AppRequest request, MonoSink<AppResponse> sink) {
    try {
      scheduler.schedule(() -> sink.success(handle(request)));
    } catch (RejectedExecutionException full) {
      log.warn("{} got a 503: no thread is free", request);
      sink.success(
          new AppResponse(
              503,
              Headers.of("content-type", "application/json").with("retry-after", "5"),
              AppRefusal.toJson("no thread is free")));
    }
  }

  private AppResponse handle(AppRequest request) {
    try {
      AppResponse response = app.handle(request);
      if (response.status() < 200 || response.status() > 999) {
        throw new IllegalStateException("the handler's status is no HTTP status: " + response);
      }
      return response;
    } catch (Throwable defect) {
      log.error("{} failed", request, defect);
      return refusal(500, "the request failed");
    } finally {
      Thread.interrupted(); // a handler's interrupt ends with it
    }
  }

  static AppResponse refusal(int status, String reason) {
    return new AppResponse(
        status, Headers.of("content-type", "application/json"), AppRefusal.toJson(reason));
  }

  static Mono<Void> send(ServerHttpResponse response, AppResponse result) {
    response.setStatusCode(HttpStatusCode.valueOf(result.status()));
    HttpHeaders headers = response.getHeaders();
    result
        .headers()
        .forEach(
            (name, value) -> {
              if (!SERVERS_OWN.contains(name)) {
                headers.add(name, HeaderText.toLatin1(value));
              }
            });
    if (ResponseBodies.isAllowed(result.status())) {
      headers.setContentLength(result.body().length);
      return response.writeWith(
          Mono.fromSupplier(() -> response.bufferFactory().wrap(result.body())));
    }
    if (result.status() == RESET_CONTENT) {
      headers.setContentLength(0); // unlike 204 and 304 it does not end with its head
    }
    return response.setComplete();
  }
}
