package io.w7s.sdk.servlet;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.SafeText;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves an app, or any other {@link AppHandler}, in a Servlet 6 container. Thread-safe.
 *
 * <pre>{@code
 * AppHandler service = SignedHandler.of(app, W7sConfig.load());
 * var servlet = context.addServlet("w7s", new W7sServlet(service, executor));
 * servlet.addMapping("/w7s/*");
 * servlet.setAsyncSupported(true);
 * }</pre>
 *
 * <p>A container that makes its servlets by itself gets a subclass with a constructor of its own.
 *
 * <p><b>Trust.</b> The servlet verifies nothing. An app that faces a network needs a {@link
 * io.w7s.sdk.signature.SignedHandler} around it.
 *
 * <p><b>Path.</b> The app sees the path that was sent, percent-encoded and with its path
 * parameters, without the path of the context and without the prefix of the mapping:
 *
 * <ul>
 *   <li>mapped to {@code /w7s/*}, it sees {@code /a%20b;v=1} of {@code /context/w7s/a%20b;v=1}, and
 *       {@code /} of {@code /context/w7s};
 *   <li>mapped to {@code /*}, {@code /}, an exact path or an extension, it sees all of the path
 *       below the context.
 * </ul>
 *
 * <p>The query is the one that was sent. Containers refuse some paths by themselves, such as those
 * with {@code //} or {@code %2F}; a path whose beginning is not written as the mapping is, such as
 * {@code /x/../w7s/a}, gets a 400.
 *
 * <p><b>Body.</b> The app gets the bytes that were sent, compressed ones too. A filter that stands
 * before the servlet may have read them: it called {@code getParameter} for a form, or {@code
 * getReader}, or read the stream. Then the request gets a 500 and a line in the log. Only where a
 * body without a declared length was read in part, nobody can tell; a signature does. A filter that
 * wraps the request and hands out the whole body again is fine.
 *
 * <p><b>Threads.</b> Without an executor the container's thread reads the body, calls the handler
 * and writes the response. With one the handler runs on the executor, and no thread waits for a
 * body or for a reader of the response, unless a filter has wrapped its stream: then that, too, is
 * up to a thread of the executor. The servlet and all filters before it have to be registered with
 * async support; without it each request gets a 500.
 *
 * <p><b>Responses of the servlet itself</b> have the body {@code {"ok":false,"error":"reason"}}:
 *
 * <ul>
 *   <li>400 for a path or a header that cannot be handed over, and for a body that breaks off;
 *   <li>408 for a body that the container has waited for too long;
 *   <li>413 for a body larger than {@link AppHandler#maxBodyBytes()}, if possible before it is
 *       read;
 *   <li>500 for whatever a handler throws, without the cause, which is logged;
 *   <li>503 with {@code retry-after} when the executor takes no more tasks, or when the timeout has
 *       passed. The handler goes on after that. What it returns is dropped, which is logged.
 * </ul>
 *
 * <p>The headers {@code connection}, {@code content-length}, {@code transfer-encoding}, {@code
 * keep-alive}, {@code upgrade} and {@code date} of a response are the container's.
 */
public class W7sServlet extends HttpServlet {

  /** How long a request may take with an executor: 330 seconds. The platform gives up after 300. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(330);

  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(W7sServlet.class);
  private static final int SERVER_ERROR = 500;

  private final transient AppHandler app;
  private final transient @Nullable Executor executor;
  private final transient Duration timeout;

  /** Creates a servlet that calls the handler on the container's threads. */
  public W7sServlet(AppHandler app) {
    this.app = requireNonNull(app, "app");
    this.executor = null;
    this.timeout = DEFAULT_TIMEOUT;
  }

  /**
   * Creates a servlet that calls the handler on an executor, with the default timeout.
   *
   * @param executor runs each handler as one task, for example on a virtual thread; it stays the
   *     caller's to close
   */
  public W7sServlet(AppHandler app, Executor executor) {
    this(app, executor, DEFAULT_TIMEOUT);
  }

  /**
   * Creates a servlet that calls the handler on an executor.
   *
   * @param executor runs each handler as one task, for example on a virtual thread; it stays the
   *     caller's to close
   * @param timeout how long a request may take, from its head to the end of its response; at most
   *     24 days count. Handlers of workflows and large batches may need the 300 seconds that the
   *     platform gives them
   * @throws InvalidInputException when the timeout is shorter than a millisecond
   */
  public W7sServlet(AppHandler app, Executor executor, Duration timeout) {
    if (timeout.compareTo(Duration.ofMillis(1)) < 0) {
      throw new InvalidInputException("timeout", timeout.toString(), "at least 1 ms");
    }
    this.app = requireNonNull(app, "app");
    this.executor = requireNonNull(executor, "executor");
    this.timeout = timeout;
  }

  /** Serves a request of any method. */
  @Override
  protected final void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      RequestHead head = RequestHead.of(request);
      if (executor != null) {
        if (!request.isAsyncSupported()) {
          throw new RequestRefused(
              SERVER_ERROR,
              "async is not supported: set it on the servlet and on every filter before it");
        }
        RequestBody body = RequestBody.of(request, app.maxBodyBytes());
        new AsyncExchange(app, executor, head, body, request, response).start(timeout);
      } else {
        RequestBody body = RequestBody.of(request, app.maxBodyBytes());
        send(request, response, handle(app, head, body.readAll()));
      }
    } catch (RequestRefused refused) {
      refuse(request, response, refused);
    }
  }

  /** Calls the app, which may throw anything. */
  static AppResponse handle(AppHandler app, RequestHead head, byte[] body) {
    try {
      AppResponse response = app.handle(head.withBody(body));
      if (response.status() < 200 || response.status() > 999) {
        throw new IllegalStateException("the handler's status is no HTTP status: " + response);
      }
      return response;
    } catch (Throwable defect) {
      log.error("{} failed", head, defect);
      return new RequestRefused(SERVER_ERROR, "the request failed").response();
    } finally {
      Thread.interrupted(); // a handler's interrupt ends with it
    }
  }

  /** Sends a refusal. The connection ends with it, because the body may be unread. */
  static void refuse(
      HttpServletRequest request, HttpServletResponse response, RequestRefused refused)
      throws IOException {
    String shown = SafeText.of(request.getMethod() + " " + request.getRequestURI());
    if (refused.status() >= SERVER_ERROR) {
      log.warn("{} got a {}: {}", shown, refused.status(), refused.getMessage());
    } else {
      log.debug("{} got a {}: {}", shown, refused.status(), refused.getMessage());
    }
    response.setHeader("connection", "close");
    send(request, response, refused.response());
  }

  private static void send(
      HttpServletRequest request, HttpServletResponse response, AppResponse result)
      throws IOException {
    byte[] body = Responses.writeHead(request, result, response);
    if (body.length > 0) {
      response.getOutputStream().write(body);
    }
  }
}
