package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.local.internal.server.TimedSocket.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection and its requests, one after the other. One thread serves it; any may cut it. */
final class HttpConnection {

  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

  /** What is read after the last response, so that a sender that is still writing can read it. */
  private static final int MAX_DISCARDED_BYTES = 32 * 1024 * 1024;

  private final HttpServer server;
  private final Socket socket;
  private final TimedSocket timed;

  HttpConnection(HttpServer server, Socket socket) {
    this.server = server;
    this.socket = socket;
    this.timed = new TimedSocket(socket, server.limits, server.time);
  }

  TimedSocket timed() {
    return timed;
  }

  /** Ends the connection at once, from any thread. */
  void cut() {
    try {
      socket.close();
    } catch (IOException broken) {
      log.debug("a connection could not be closed: {}", SafeText.of(broken.toString()));
    }
  }

  /** Serves requests until either side ends the connection. */
  void serve() {
    try {
      socket.setTcpNoDelay(true);
      timed.enter(Phase.IDLE); // its time begins now, however long it has waited for its place
      try (var http = new ServerConnection(timed)) {
        boolean more = true;
        while (more) {
          more = serveNext(http) && !makesRoom();
        }
      }
    } catch (IOException | HttpException ended) {
      log.debug("a connection ended: {}", SafeText.of(ended.toString()));
    }
  }

  /** After a request, a connection ends if others wait for its place. */
  private boolean makesRoom() throws IOException {
    timed.enter(Phase.IDLE);
    return server.isCrowded();
  }

  /** Serves a request. Returns whether another one may follow. */
  private boolean serveNext(ServerConnection http) throws IOException, HttpException {
    ClassicHttpRequest request = null;
    try {
      request = http.receiveRequestHeader();
      RequestHead head = RequestHead.of(request);
      if (server.origins != null) {
        server.origins.check(head);
      }
      timed.enter(Phase.REQUEST);
      http.receiveRequestEntity(request);
      return serve(http, head, request.getEntity());
    } catch (RequestRefused refused) {
      refuse(http, refused, request == null || !request.getMethod().equals("HEAD"));
    } catch (SocketTimeoutException slow) {
      if (timed.phase() == Phase.HEAD) {
        refuse(http, new RequestRefused(408, "the head comes too slowly"), true);
      }
    } catch (ConnectionClosedException end) {
      log.trace("a sender has closed its connection");
    }
    return false;
  }

  private boolean serve(ServerConnection http, RequestHead head, @Nullable HttpEntity entity)
      throws IOException, HttpException {
    Duration start = server.time.elapsed();
    var body = new RequestBody(entity, server.memory, () -> beginBody(http, head));
    boolean wanted = server.inFlight.enter();
    boolean last;
    try {
      AppResponse response = wanted ? handle(head, body) : refusal(stopping());
      last = !wanted || !head.keepsAlive() || !body.isRead() || server.isCrowded();
      send(http, response, !head.method().equals("HEAD"), last);
      if (log.isDebugEnabled()) {
        long millis = server.time.elapsed().minus(start).toMillis();
        log.debug("{} {} in {} ms", shown(head), response.status(), millis);
      }
    } finally {
      server.inFlight.exit();
    }
    if (!body.isRead()) {
      discardRest();
    }
    return !last;
  }

  private AppResponse handle(RequestHead head, RequestBody body) throws IOException {
    try (body) {
      AppResponse response =
          server.handler.handle(new IncomingRequest(head, body, socket.getLocalPort()));
      if (response.status() < 200 || response.status() > 999) {
        throw new IllegalStateException("the handler's status is no HTTP status: " + response);
      }
      return response;
    } catch (RequestRefused refused) {
      return refusal(refused);
    } catch (RuntimeException | Error defect) {
      log.error("{} failed", shown(head), defect);
      return refusal(new RequestRefused(500, "the request failed"));
    } finally {
      Thread.interrupted(); // a handler's interrupt ends with it
    }
  }

  private void beginBody(ServerConnection http, RequestHead head) throws IOException {
    timed.enter(Phase.REQUEST);
    if (head.awaitsContinue()) {
      try {
        http.sendResponseHeader(new BasicClassicHttpResponse(100));
      } catch (HttpException defect) {
        throw new IOException(defect);
      }
      http.flush();
    }
  }

  private static RequestRefused stopping() {
    return new RequestRefused(503, "the server is being stopped");
  }

  private AppResponse refusal(RequestRefused refused) {
    AppResponse response = server.handler.refusal(refused.status(), refused.reason());
    return new AppResponse(
        response.status(), response.headers().with(refused.headers()), response.body());
  }

  /** Refuses a request before its body is looked for, and ends the connection. */
  private void refuse(ServerConnection http, RequestRefused refused, boolean withBody)
      throws IOException, HttpException {
    log.debug("a request was refused with {}: {}", refused.status(), refused.reason());
    send(http, refusal(refused), withBody, true);
    discardRest();
  }

  private void send(ServerConnection http, AppResponse response, boolean withBody, boolean last)
      throws IOException, HttpException {
    timed.enter(Phase.RESPONSE);
    ClassicHttpResponse message = Responses.toHttp(response, last);
    http.sendResponseHeader(message);
    if (withBody) {
      http.sendResponseEntity(message);
    }
    http.flush();
  }

  /**
   * Reads what the sender still sends. If the connection were closed with unread bytes it would be
   * reset, and a sender that is still writing would not get to read the response.
   */
  private void discardRest() throws IOException {
    socket.shutdownOutput();
    timed.enter(Phase.ENDING);
    InputStream in = timed.getInputStream();
    byte[] discarded = new byte[8192];
    int count = 0;
    for (int total = 0; count >= 0 && total < MAX_DISCARDED_BYTES; total += count) {
      count = in.read(discarded);
    }
  }

  /** Returns method and path for the log; not the query, which may be secret. */
  private static String shown(RequestHead head) {
    return SafeText.of(head.method() + " " + head.path());
  }
}
