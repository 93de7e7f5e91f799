package io.w7s.sdk.local;

import io.w7s.sdk.internal.json.Excerpt;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequestFactory;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParserFactory;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.io.support.BasicHttpServerExpectationDecorator;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http.protocol.RequestValidateHost;
import org.apache.hc.core5.http.protocol.ResponseContent;
import org.apache.hc.core5.http.protocol.ResponseDate;

/** HTTP/1.1 on a connection, as HttpCore speaks it: one request after the other. Thread-safe. */
final class AppHttp extends HttpService {

  private static final Http1Config CONFIG =
      Http1Config.custom().setMaxLineLength(64 * 1024).setMaxHeaderCount(200).build();

  private static final DefaultHttpRequestParserFactory REQUESTS =
      new DefaultHttpRequestParserFactory(CONFIG, null, new AsItCame());

  private static final HttpProcessor PROCESSOR =
      HttpProcessorBuilder.create()
          .add(RequestValidateHost.INSTANCE)
          .addAll(ResponseDate.INSTANCE, ResponseContent.INSTANCE, AppHttp::sayWhetherItIsTheLast)
          .build();

  private final Duration longestIdle;

  /** Serves by an exchange, on connections that send something once in a while. */
  AppHttp(HttpServerRequestHandler exchange, Duration longestIdle) {
    super(PROCESSOR, new BasicHttpServerExpectationDecorator(exchange), CONFIG, null, null);
    this.longestIdle = longestIdle;
  }

  /** Serves a connection until either side closes it. */
  void serve(Socket socket) throws IOException, HttpException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) longestIdle.toMillis());
    // it reads headers as Latin-1, from which nothing is lost, and writes them as UTF-8
    try (var connection =
        new DefaultBHttpServerConnection(
            "http",
            CONFIG,
            null,
            StandardCharsets.UTF_8.newEncoder(),
            null,
            null,
            REQUESTS,
            null)) {
      connection.bind(socket);
      while (connection.isOpen()) {
        handleRequest(connection, HttpCoreContext.create());
      }
    }
  }

  /** HttpCore's own way would end the connection after each of the app's answers with 400. */
  private static void sayWhetherItIsTheLast(
      HttpResponse response, EntityDetails body, HttpContext context) {
    if (!response.containsHeader(HttpHeaders.CONNECTION)
        && !DefaultConnectionReuseStrategy.INSTANCE.keepAlive(
            HttpCoreContext.cast(context).getRequest(), response, context)) {
      response.addHeader(HttpHeaders.CONNECTION, "close");
    }
  }

  /** What is no HTTP gets the shape of all other refusals. */
  @Override
  protected void handleException(HttpException notHttp, ClassicHttpResponse response) {
    String reason =
        "the request cannot be read: " + Excerpt.of(String.valueOf(notHttp.getMessage()));
    ClassicHttpResponse refusal =
        HttpWire.response(RequestRefused.closing(toStatusCode(notHttp), reason).response());
    response.setCode(refusal.getCode());
    response.setHeaders(refusal.getHeaders());
    response.setEntity(refusal.getEntity());
  }

  /** The target of a request is not looked into: {@code //a/b} is no host and a path. */
  private static final class AsItCame implements HttpRequestFactory<ClassicHttpRequest> {

    @Override
    public ClassicHttpRequest newHttpRequest(String method, String target) {
      var request = new BasicClassicHttpRequest(method, "/");
      request.setPath(target);
      return request;
    }

    @Override
    public ClassicHttpRequest newHttpRequest(String method, URI target) {
      return new BasicClassicHttpRequest(method, target);
    }
  }
}
