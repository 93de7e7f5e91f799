package io.w7s.sdk.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls other apps and waits for their answers. Thread-safe; shared freely; nothing to close.
 *
 * <p>After a {@link io.w7s.sdk.error.TransportException} whose {@code mayHaveBeenDelivered()} is
 * true the target may have done the work; GET, HEAD, PUT, DELETE and OPTIONS are then tried again,
 * others only where the options allow duplicates.
 *
 * <p>An answer is kept whole, up to a limit of the transport; see {@link #stream(RpcRef, Object,
 * Consumer)} for larger ones.
 *
 * <p>The {@code Async} twins behave alike, failures included, but report everything through the
 * future; cancelling it ends the call.
 */
public interface RpcClient {

  /**
   * Returns a client whose calls start from changed options: {@code rpc.with(call ->
   * call.header("cookie", cookie))}. This client stays as it is.
   */
  RpcClient with(Consumer<RpcOptions> options);

  /** Calls a route that takes no body; see {@link #call(RpcRef, Object, Consumer)}. */
  default <O> @Nullable O call(RpcRef<Void, O> route) {
    return call(route, null, options -> {});
  }

  /** Calls a route with the default options; see {@link #call(RpcRef, Object, Consumer)}. */
  default <I, O> @Nullable O call(RpcRef<I, O> route, I body) {
    return call(route, body, options -> {});
  }

  /**
   * Calls a route and returns the body of its answer.
   *
   * @param route which
   * @param body what it takes; null for none
   * @param options changes the default options, for example {@code call -> call.query("page", 2)}
   * @return the answer's body; null for an empty one and for JSON null
   * @throws io.w7s.sdk.error.InvalidInputException when an option is out of range or a path
   *     variable missing; nothing is sent
   * @throws io.w7s.sdk.error.CodecException when the body cannot be written as JSON (nothing is
   *     sent), or the answer is not the declared type (the target has done its work)
   * @throws io.w7s.sdk.error.RpcFailedException when the target answers with a status that is not
   *     2xx
   * @throws io.w7s.sdk.error.StatusException when the platform refuses
   * @throws io.w7s.sdk.error.TransportException when no answer came
   */
  <I, O> @Nullable O call(RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options);

  /** Calls a route that takes no body; see {@link #exchange(RpcRef, Object, Consumer)}. */
  default <O> RpcResponse<O> exchange(RpcRef<Void, O> route) {
    return exchange(route, null, options -> {});
  }

  /** Calls a route with the default options; see {@link #exchange(RpcRef, Object, Consumer)}. */
  default <I, O> RpcResponse<O> exchange(RpcRef<I, O> route, I body) {
    return exchange(route, body, options -> {});
  }

  /**
   * Calls a route and returns its answer with status and headers. A status that is not 2xx is an
   * answer too, not an exception; everything else is as for {@link #call(RpcRef, Object,
   * Consumer)}, but that the body is read only when it is asked for.
   */
  <I, O> RpcResponse<O> exchange(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options);

  /** Calls a route that takes no body; see {@link #stream(RpcRef, Object, Consumer)}. */
  default RpcStream stream(RpcRef<Void, ?> route) {
    return stream(route, null, options -> {});
  }

  /** Calls a route with the default options; see {@link #stream(RpcRef, Object, Consumer)}. */
  default <I> RpcStream stream(RpcRef<I, ?> route, I body) {
    return stream(route, body, options -> {});
  }

  /**
   * Calls a route and returns its answer as soon as its head is there; the body is read by the
   * caller, who closes the answer. For bodies that are large or come slowly; over a transport that
   * has no connections it is all there at once. A status that is not 2xx is an answer, too. Both
   * timeouts hold until the head is there, and the one for an attempt for each read after it. There
   * is no {@code Async} twin, because reading blocks.
   *
   * @throws io.w7s.sdk.error.W7sException as {@link #exchange(RpcRef, Object, Consumer)}
   */
  <I> RpcStream stream(RpcRef<I, ?> route, @Nullable I body, Consumer<RpcOptions> options);

  /** Calls a route that takes no body, without waiting. */
  default <O> CompletableFuture<@Nullable O> callAsync(RpcRef<Void, O> route) {
    return callAsync(route, null, options -> {});
  }

  /** Calls a route with the default options without waiting. */
  default <I, O> CompletableFuture<@Nullable O> callAsync(RpcRef<I, O> route, I body) {
    return callAsync(route, body, options -> {});
  }

  /** Calls a route without waiting; see {@link #call(RpcRef, Object, Consumer)}. */
  <I, O> CompletableFuture<@Nullable O> callAsync(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options);

  /**
   * Calls a route that takes no body, without waiting; see {@link #exchangeAsync(RpcRef, Object,
   * Consumer)}.
   */
  default <O> CompletableFuture<RpcResponse<O>> exchangeAsync(RpcRef<Void, O> route) {
    return exchangeAsync(route, null, options -> {});
  }

  /** Calls a route with the default options without waiting. */
  default <I, O> CompletableFuture<RpcResponse<O>> exchangeAsync(RpcRef<I, O> route, I body) {
    return exchangeAsync(route, body, options -> {});
  }

  /** Calls a route without waiting; see {@link #exchange(RpcRef, Object, Consumer)}. */
  <I, O> CompletableFuture<RpcResponse<O>> exchangeAsync(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options);
}
