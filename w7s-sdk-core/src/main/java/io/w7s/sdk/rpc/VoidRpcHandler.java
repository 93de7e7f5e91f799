package io.w7s.sdk.rpc;

/**
 * Handles the requests to a route that has no result. One handler may run on several threads at the
 * same time.
 *
 * <p>When it returns, the response is a 204. When it throws, the response is a 500 that does not
 * tell the caller why; the log does.
 *
 * @param <I> the type of the request's body
 */
@FunctionalInterface
public interface VoidRpcHandler<I> {

  /**
   * Handles a request.
   *
   * @throws Exception when the request fails; an {@code Error} does the same
   */
  void handle(RpcRequest<I> request) throws Exception;
}
