package io.w7s.sdk.servlet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that no thread of the container waits for: it is read, handled and responded to, one
 * after the other. Its timeout may come at any time and on any thread.
 */
final class AsyncExchange implements ReadListener, AsyncListener {

  private static final Logger log = LoggerFactory.getLogger(W7sServlet.class);

  private final AppHandler app;
  private final Executor executor;
  private final RequestHead head;
  private final RequestBody body;
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final AsyncContext context;

  /** Whether somebody has begun to respond, or nobody will. */
  private final AtomicBoolean responding = new AtomicBoolean();

  /** Begins to be async. */
  AsyncExchange(
      AppHandler app,
      Executor executor,
      RequestHead head,
      RequestBody body,
      HttpServletRequest request,
      HttpServletResponse response) {
    this.app = app;
    this.executor = executor;
    this.head = head;
    this.body = body;
    this.request = request;
    this.response = response;
    this.context = request.startAsync(request, response);
  }

  void start(Duration timeout) throws IOException {
    context.setTimeout(Math.min(MILLISECONDS.convert(timeout), Integer.MAX_VALUE));
    context.addListener(this);
    if (body.isOfContainer(request)) {
      body.stream().setReadListener(this);
    } else {
      execute(
          () -> {
            try {
              handle(body.readAll());
            } catch (RequestRefused refused) {
              refuse(refused);
            }
          });
    }
  }

  /** Has a task run. Whatever goes wrong gets a response: the container's own may be a 200. */
  private void execute(Runnable task) {
    try {
      executor.execute(
          () -> {
            try {
              task.run();
            } catch (Throwable defect) { // of a stream that a filter has put around the body
              failed(defect);
            }
          });
    } catch (RejectedExecutionException full) {
      refuse(new RequestRefused(503, "too many requests are under way, try again later"));
    } catch (Throwable noThread) { // the machine has no more threads, or a pool of its own kind
      log.error("{} could not be handed to the executor", head, noThread);
      refuse(new RequestRefused(503, "the request cannot be handled now, try again later"));
    }
  }

  private void failed(Throwable defect) {
    log.error("{} failed", head, defect);
    refuse(new RequestRefused(500, "the request failed"));
  }

  @Override
  public void onDataAvailable() throws IOException {
    try {
      while (body.stream().isReady() && body.readOn()) {
        // all that is there
      }
    } catch (RequestRefused refused) {
      refuse(refused);
    }
  }

  @Override
  public void onAllDataRead() {
    try {
      byte[] bytes = body.complete();
      execute(() -> handle(bytes));
    } catch (RequestRefused refused) {
      refuse(refused);
    }
  }

  @Override
  public void onError(Throwable failed) {
    refuse(RequestBody.refused(failed));
  }

  private void handle(byte[] bytes) {
    AppResponse result = W7sServlet.handle(app, head, bytes);
    if (!responding.compareAndSet(false, true)) {
      log.warn("{} was handled too late: its sender was told to try again, or has left", head);
      return;
    }
    try {
      byte[] rest = Responses.writeHead(request, result, response);
      if (rest.length == 0) {
        context.complete();
        return;
      }
      ServletOutputStream out = response.getOutputStream();
      if (isOfContainer(out)) {
        out.setWriteListener(new Writer(out, rest));
      } else {
        out.write(rest);
        context.complete();
      }
    } catch (IOException | RuntimeException failed) {
      if (!response.isCommitted()) {
        response.reset();
        response.setStatus(500); // not the handler's: its body is missing
      }
      end(failed);
    }
  }

  private boolean isOfContainer(ServletOutputStream out) throws IOException {
    ServletResponse inner = response;
    while (inner instanceof ServletResponseWrapper wrapper) {
      inner = wrapper.getResponse();
    }
    return inner == response || out == inner.getOutputStream();
  }

  /** Writes a body as its reader takes it. The container calls it, on one thread at a time. */
  private final class Writer implements WriteListener {

    private static final int AT_ONCE = 32 * 1024;

    private final ServletOutputStream out;
    private final byte[] bytes;
    private int written;

    Writer(ServletOutputStream out, byte[] bytes) {
      this.out = out;
      this.bytes = bytes;
    }

    @Override
    public void onWritePossible() throws IOException {
      while (out.isReady()) {
        if (written == bytes.length) {
          context.complete();
          return;
        }
        int length = Math.min(AT_ONCE, bytes.length - written);
        out.write(bytes, written, length);
        written += length;
      }
    }

    @Override
    public void onError(Throwable failed) {
      end(failed);
    }
  }

  /** Refuses the request, unless somebody has begun to respond. Returns whether it did. */
  private boolean refuse(RequestRefused refused) {
    if (!responding.compareAndSet(false, true)) {
      return false;
    }
    try {
      W7sServlet.refuse(request, response, refused);
      context.complete();
    } catch (IOException | RuntimeException failed) {
      end(failed);
    }
    return true;
  }

  /** Ends what cannot be responded to: its sender has left. */
  private void end(Throwable failed) {
    responding.set(true);
    log.debug("{} got no response", head, failed);
    try {
      context.complete();
    } catch (IllegalStateException ended) {
      log.trace("{} had ended", head, ended);
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    if (!refuse(new RequestRefused(503, "the request takes too long, try again later"))) {
      end(new IOException("the response was not read in time"));
    }
  }

  @Override
  public void onError(AsyncEvent event) {
    Throwable failed = event.getThrowable();
    if (failed == null) {
      failed = new IOException("the container ended the request");
    }
    log.debug("{} was ended by the container", head, failed);
    if (!refuse(new RequestRefused(500, "the request failed"))) {
      end(failed);
    }
  }

  @Override
  public void onComplete(AsyncEvent event) {
    // nothing is left to do
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // this is not called for the start that came before the listener
  }
}
