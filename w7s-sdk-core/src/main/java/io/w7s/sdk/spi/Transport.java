package io.w7s.sdk.spi;

import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import java.util.concurrent.CompletableFuture;

/**
 * Carries operations to the far side: one attempt each, no retries of its own. Thread-safe.
 *
 * <p>What goes wrong is reported as an {@link Outcome}, not thrown; only a setting that is missing
 * for a target is a {@link io.w7s.sdk.error.ConfigurationException}, thrown before anything is sent
 * and never tried again. What a transport cannot do it refuses with {@link Outcome.Refused}, status
 * 501, and a message that says so.
 */
public interface Transport extends AutoCloseable {

  /**
   * Makes one attempt on the caller's thread. When the thread is interrupted the attempt ends at
   * once, its connection is closed, the interrupt flag stays set and the answer is {@link
   * Outcome.Failure#INTERRUPTED}.
   */
  <R> Outcome<R> execute(Operation<R> operation, CallContext context);

  /**
   * Makes one attempt without blocking. Cancelling the future ends the attempt and closes its
   * connection. The future completes exceptionally only where {@link #execute} would throw.
   */
  <R> CompletableFuture<Outcome<R>> executeAsync(Operation<R> operation, CallContext context);

  /**
   * Makes one attempt at an RPC on the caller's thread, as {@link #execute} does, but for the body
   * of the answer: the caller reads it as it comes and closes it. The timeout holds until the head
   * is there, and then anew for each read. The answer of a failure may be read before it is
   * returned. As it is here, all of them are.
   */
  default Outcome<RpcStream> stream(RpcCall call, CallContext context) {
    return execute(call, context).map(RawResponse::asStream);
  }

  /** Ends the attempts under way and frees what the transport owns. Closing twice does nothing. */
  @Override
  void close();
}
