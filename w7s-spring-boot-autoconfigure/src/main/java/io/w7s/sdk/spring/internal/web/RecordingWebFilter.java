package io.w7s.sdk.spring.internal.web;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.HeaderText;
import java.util.Locale;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Stands before all other filters and keeps each request to the app as it was sent; see {@link
 * RecordedExchange}. No thread waits for a body.
 */
public final class RecordingWebFilter implements WebFilter, Ordered {

  private static final byte[] NONE = {};

  private final AppHandler app;
  private final String prefix;

  /**
   * Creates a filter.
   *
   * @param prefix the path below which the app is, without a slash at its end
   */
  public RecordingWebFilter(AppHandler app, String prefix) {
    this.app = app;
    this.prefix = prefix;
  }

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    String path = request.getPath().pathWithinApplication().value();
    if (!path.startsWith(prefix)
        || (path.length() > prefix.length() && path.charAt(prefix.length()) != '/')) {
      return chain.filter(exchange);
    }
    String below = path.length() == prefix.length() ? "/" : path.substring(prefix.length());
    int max = app.maxBodyBytes();
    long declared = request.getHeaders().getContentLength();
    if (declared > max) {
      return tooLarge(exchange, max);
    }
    Headers headers;
    try {
      headers = headers(request);
    } catch (InvalidInputException notHttp) {
      return MountedWebHandler.send(
          exchange.getResponse(),
          MountedWebHandler.refusal(400, String.valueOf(notHttp.getMessage())));
    }
    return DataBufferUtils.join(request.getBody(), max)
        .map(RecordingWebFilter::bytes)
        .defaultIfEmpty(NONE)
        .map(
            body -> {
              String query = request.getURI().getRawQuery();
              return new AppRequest(
                  request.getMethod().name().toUpperCase(Locale.ROOT),
                  below,
                  query == null ? "" : query,
                  headers,
                  body);
            })
        .<ServerWebExchange>map(sent -> new RecordedExchange(exchange, sent))
        .onErrorResume(
            e ->
                (e instanceof DataBufferLimitException
                        ? tooLarge(exchange, max)
                        : MountedWebHandler.send(
                            exchange.getResponse(),
                            MountedWebHandler.refusal(400, "the body breaks off")))
                    .then(Mono.empty()))
        .flatMap(chain::filter);
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  /** The connection goes on, and the server drops the rest of the body. */
  private static Mono<Void> tooLarge(ServerWebExchange exchange, int max) {
    return MountedWebHandler.send(
        exchange.getResponse(),
        MountedWebHandler.refusal(413, "the body has more than the allowed " + max + " bytes"));
  }

  private static Headers headers(ServerHttpRequest request) {
    Headers.Builder headers = Headers.builder();
    HttpHeaders sent = request.getHeaders();
    for (String name : sent.headerNames()) {
      for (String value : sent.getOrEmpty(name)) {
        headers.add(name, HeaderText.ofLatin1(value));
      }
    }
    return headers.build();
  }
}
