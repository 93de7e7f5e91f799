package io.w7s.sdk.spi;

import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import java.util.concurrent.CompletableFuture;

/**
 * Carries operations to the platform or to their target, with one attempt each. It does not retry.
 * Thread-safe.
 *
 * <p>A transport reports what goes wrong as an {@link Outcome} and does not throw it. Only a
 * setting that is missing for a target is thrown, as a {@link
 * io.w7s.sdk.error.ConfigurationException}, before anything is sent; it is never retried. Any other
 * exception, and null instead of an outcome or a future, counts as a failure after which the
 * delivery is unknown; an {@link Error} ends the call. A transport refuses an operation that it
 * does not support with {@link Outcome.Refused}, status 501 and a message that says so.
 */
public interface Transport extends AutoCloseable {

  /**
   * Makes one attempt on the caller's thread. When the thread is interrupted, the attempt ends at
   * once, its connection is closed, the interrupt flag stays set and the outcome is {@link
   * Outcome.Failure#INTERRUPTED}.
   */
  <R> Outcome<R> execute(Operation<R> operation, CallContext context);

  /**
   * Makes one attempt without blocking. Cancelling the future ends the attempt and closes its
   * connection. The future completes exceptionally only where {@link #execute} would throw. It
   * completes on a thread on which the callbacks of users may block, so not on a timer's thread.
   */
  <R> CompletableFuture<Outcome<R>> executeAsync(Operation<R> operation, CallContext context);

  /**
   * Makes one attempt at an RPC on the caller's thread, as {@link #execute} does, and returns as
   * soon as the head of the response is there. The caller reads the body as it comes and closes it.
   * The timeout applies until the head is there, and then to each read. The body of a failure may
   * be read before this returns. The default implementation reads every body first.
   */
  default Outcome<RpcStream> stream(RpcCall call, CallContext context) {
    return execute(call, context).map(RawResponse::asStream);
  }

  /** Ends the attempts under way and frees what the transport owns. Closing twice does nothing. */
  @Override
  void close();
}
