package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.OutgoingCall;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of a client: what interceptors see of it, the operation that it becomes, and what its
 * caller gets. Making one checks the caller's options; nothing is encoded yet.
 *
 * @param <R> the result of the operation
 * @param <T> what the caller gets
 */
abstract class ClientCall<R, T extends @Nullable Object> implements OutgoingCall {

  private boolean open = true;
  private LargeBodies.@Nullable Upload upload;

  /** Returns the options that all calls have. */
  abstract CallOptions options();

  /** Encodes the body and returns the operation. Called once, after the interceptors. */
  abstract Operation<R> operation();

  /** Stores a body before the first attempt. */
  final void storeFirst(LargeBodies.Upload body) {
    upload = body;
  }

  /** Returns the body that has to be stored first; null for none. Known with the operation. */
  final LargeBodies.@Nullable Upload upload() {
    return upload;
  }

  /**
   * Returns what the caller gets, or throws it.
   *
   * @param sent the operation
   * @param attempts how many attempts it took
   */
  abstract T result(Operation<R> sent, R result, int attempts);

  /** Checks and sets a trace parent; returns false where the call can carry none. */
  boolean setTraceParent(String traceParent) {
    return false;
  }

  /** Checks and sets a header; returns false where the call has none. */
  boolean setHeader(String name, String value) {
    return false;
  }

  /** Ends the time of the setters. */
  final void closeToInterceptors() {
    open = false;
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException(
          name() + " to " + target() + " has been intercepted: change it inside intercept(call)");
    }
  }

  @Override
  public String name() {
    return kind().label();
  }

  @Override
  public Optional<String> traceParent() {
    return Optional.empty();
  }

  @Override
  public final boolean traceParent(String traceParent) {
    requireOpen();
    return setTraceParent(traceParent);
  }

  @Override
  public final boolean header(String name, String value) {
    requireOpen();
    return setHeader(name, value);
  }

  /** Returns the operation and the target, as exceptions show them. */
  @Override
  public final String toString() {
    return name() + " to " + target();
  }
}
