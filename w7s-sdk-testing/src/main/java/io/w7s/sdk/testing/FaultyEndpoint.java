package io.w7s.sdk.testing;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.HandlerFailure;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.testing.Fault.Effect;
import io.w7s.sdk.testing.Fault.Phase;
import org.jspecify.annotations.Nullable;

/** An app's backend, with the faults before and after its handlers. */
final class FaultyEndpoint implements AppHandler {

  private final AppId app;
  private final AppHandler backend;
  private final Faults faults;
  private final TimeSource time;

  FaultyEndpoint(AppId app, AppHandler backend, Faults faults, TimeSource time) {
    this.app = app;
    this.backend = backend;
    this.faults = faults;
    this.time = time;
  }

  @Override
  public AppResponse handle(AppRequest request) {
    AppResponse instead = struck(Phase.BEFORE_HANDLER, request);
    if (instead != null) {
      return instead;
    }
    AppResponse response = callBackend(request);
    instead = struck(Phase.AFTER_HANDLER, request);
    return instead == null ? response : instead;
  }

  @Override
  public int maxBodyBytes() {
    return backend.maxBodyBytes();
  }

  /**
   * Calls the backend as if it had a thread of its own: an interrupt neither gets from this thread
   * into its handlers nor out of them. Only the failed assertions of a handler get out, because
   * they are those of the test.
   */
  private AppResponse callBackend(AppRequest request) {
    boolean interrupted = Thread.interrupted();
    try {
      AppResponse response = backend.handle(request);
      for (HandlerFailure failure : response.failures()) {
        if (failure.cause() instanceof AssertionError failed) {
          throw failed;
        }
      }
      return response;
    } finally {
      Thread.interrupted();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private @Nullable AppResponse struck(Phase phase, AppRequest request) {
    AppResponse instead = null;
    for (Effect effect : faults.strike(phase, () -> FaultTarget.of(app, request), null)) {
      if (effect instanceof Effect.Slow slow) {
        sleep(slow);
      } else if (effect instanceof Effect.Failed failed) {
        instead = new AppResponse(failed.status(), Headers.none(), new byte[0]);
      }
    }
    return instead;
  }

  private void sleep(Effect.Slow slow) {
    try {
      time.sleep(slow.by());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while slow", e);
    }
  }
}
