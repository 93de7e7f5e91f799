package io.w7s.sdk.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls routes of other apps. Thread-safe; can be shared; needs no closing.
 *
 * <p>After a {@link io.w7s.sdk.error.TransportException} whose {@code mayHaveBeenDelivered()} is
 * true, the target may have done the work. GET, HEAD, PUT, DELETE and OPTIONS have been retried by
 * then, other methods only if the options allow duplicates.
 *
 * <p>The body of a response is read into memory, up to a limit of the transport; for larger ones
 * see {@link #stream(RpcRef, Object, Consumer)}.
 *
 * <p>Each {@code Async} method does the same without blocking. It never throws: its future
 * completes with what the blocking method returns or throws. Cancelling the future ends the call.
 * Callbacks of the future run on a thread of the transport, or on one of {@link
 * io.w7s.sdk.spi.TimeSource#executor()} after a wait; they may block, but the transport then has
 * one thread less for other calls.
 */
public interface RpcClient {

  /**
   * Returns a client whose calls start from other options: {@code rpc.with(call ->
   * call.header("cookie", cookie))}. This client does not change.
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
   * Calls a route and returns the body of the response.
   *
   * @param route the route
   * @param body the body of the request; null for none. A route whose input is a {@link
   *     io.w7s.sdk.RawBody} needs one
   * @param options changes the default options, for example {@code call -> call.query("page", 2)}
   * @return the body of the response; null for an empty one and for JSON null
   * @throws io.w7s.sdk.error.InvalidInputException when an option is out of range, a path variable
   *     is missing or would not arrive as it is, or a raw body is null; nothing is sent
   * @throws io.w7s.sdk.error.CodecException when the body cannot be written as JSON (nothing is
   *     sent), or the body of the response does not fit the declared type (the target has done its
   *     work)
   * @throws io.w7s.sdk.error.RpcFailedException when the target responds with a status that is not
   *     2xx
   * @throws io.w7s.sdk.error.StatusException when the platform refuses
   * @throws io.w7s.sdk.error.TransportException when there is no response
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
   * Calls a route and returns the response with its status and headers. A status that is not 2xx is
   * a response, too, and not an exception. The body is decoded when it is asked for. Everything
   * else is as for {@link #call(RpcRef, Object, Consumer)}.
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
   * Calls a route and returns the response as soon as its head is there. The caller reads the body
   * and closes the response. For bodies that are large or come slowly. A status that is not 2xx is
   * a response, too. Both timeouts apply until the head is there; after that the one for an attempt
   * applies to each read. There is no {@code Async} method for this, because reading blocks.
   *
   * @throws io.w7s.sdk.error.W7sException as for {@link #exchange(RpcRef, Object, Consumer)}
   */
  <I> RpcStream stream(RpcRef<I, ?> route, @Nullable I body, Consumer<RpcOptions> options);

  /**
   * Calls a route that takes no body without blocking; see {@link #callAsync(RpcRef, Object,
   * Consumer)}.
   */
  default <O> CompletableFuture<@Nullable O> callAsync(RpcRef<Void, O> route) {
    return callAsync(route, null, options -> {});
  }

  /**
   * Calls a route with the default options without blocking; see {@link #callAsync(RpcRef, Object,
   * Consumer)}.
   */
  default <I, O> CompletableFuture<@Nullable O> callAsync(RpcRef<I, O> route, I body) {
    return callAsync(route, body, options -> {});
  }

  /** Calls a route without blocking; see {@link #call(RpcRef, Object, Consumer)}. */
  <I, O> CompletableFuture<@Nullable O> callAsync(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options);

  /**
   * Calls a route that takes no body without blocking; see {@link #exchangeAsync(RpcRef, Object,
   * Consumer)}.
   */
  default <O> CompletableFuture<RpcResponse<O>> exchangeAsync(RpcRef<Void, O> route) {
    return exchangeAsync(route, null, options -> {});
  }

  /**
   * Calls a route with the default options without blocking; see {@link #exchangeAsync(RpcRef,
   * Object, Consumer)}.
   */
  default <I, O> CompletableFuture<RpcResponse<O>> exchangeAsync(RpcRef<I, O> route, I body) {
    return exchangeAsync(route, body, options -> {});
  }

  /** Calls a route without blocking; see {@link #exchange(RpcRef, Object, Consumer)}. */
  <I, O> CompletableFuture<RpcResponse<O>> exchangeAsync(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options);
}
