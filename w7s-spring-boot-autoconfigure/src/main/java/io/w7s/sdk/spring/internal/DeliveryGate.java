package io.w7s.sdk.spring.internal;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.internal.wire.AppRefusal;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in while it is open, and tells when the last one has left. A closed one responds
 * with 503 and {@code retry-after}, so that the platform delivers again. Thread-safe.
 */
public final class DeliveryGate implements AppHandler {

  private static final AppResponse CLOSED =
      new AppResponse(
          503,
          Headers.of("content-type", "application/json").with("retry-after", "5"),
          AppRefusal.toJson("the service starts or stops"));

  private @Nullable AppHandler app;
  private int inside;
  private @Nullable Runnable whenEmpty;

  /** Creates a closed gate. */
  public DeliveryGate() {}

  /** Lets requests in to an app. */
  public synchronized void open(AppHandler app) {
    this.app = app;
  }

  /**
   * Lets no more in.
   *
   * @param whenEmpty is run once those that are inside have left, perhaps at once
   */
  public void close(Runnable whenEmpty) {
    synchronized (this) {
      app = null;
      if (inside > 0) {
        this.whenEmpty = whenEmpty;
        return;
      }
    }
    whenEmpty.run();
  }

  @Override
  public AppResponse handle(AppRequest request) {
    AppHandler open = enter();
    if (open == null) {
      return CLOSED;
    }
    try {
      return open.handle(request);
    } finally {
      leave();
    }
  }

  /** Returns the limit of the app; while there is none, that of any. */
  @Override
  public synchronized int maxBodyBytes() {
    return app == null ? AppHandler.super.maxBodyBytes() : app.maxBodyBytes();
  }

  private synchronized @Nullable AppHandler enter() {
    if (app != null) {
      inside++;
    }
    return app;
  }

  private void leave() {
    Runnable last = null;
    synchronized (this) {
      inside--;
      if (inside == 0) {
        last = whenEmpty;
        whenEmpty = null;
      }
    }
    if (last != null) {
      last.run();
    }
  }
}
