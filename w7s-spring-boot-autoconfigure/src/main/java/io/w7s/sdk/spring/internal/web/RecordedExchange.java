package io.w7s.sdk.spring.internal.web;

import io.w7s.sdk.app.AppRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An exchange whose body was read already, for the app, and can be read by any filter. Forms are
 * not shown: who asks for one gets an empty one.
 */
final class RecordedExchange extends ServerWebExchangeDecorator {

  private static final String ATTRIBUTE = RecordedExchange.class.getName();

  private final ServerHttpRequest request;

  RecordedExchange(ServerWebExchange sent, AppRequest request) {
    super(sent);
    sent.getAttributes().put(ATTRIBUTE, request);
    byte[] body = request.body();
    this.request =
        new ServerHttpRequestDecorator(sent.getRequest()) {
          @Override
          public Flux<DataBuffer> getBody() {
            return Flux.defer(
                () -> Flux.just(sent.getResponse().bufferFactory().wrap(body.clone())));
          }
        };
  }

  /** Returns what was sent to the app; null when the exchange is not for it. */
  static @Nullable AppRequest requestOf(ServerWebExchange exchange) {
    return (AppRequest) exchange.getAttributes().get(ATTRIBUTE);
  }

  @Override
  public ServerHttpRequest getRequest() {
    return request;
  }

  @Override
  public Mono<MultiValueMap<String, String>> getFormData() {
    return Mono.just(CollectionUtils.unmodifiableMultiValueMap(new LinkedMultiValueMap<>()));
  }

  @Override
  public Mono<MultiValueMap<String, Part>> getMultipartData() {
    return Mono.just(CollectionUtils.unmodifiableMultiValueMap(new LinkedMultiValueMap<>()));
  }
}
