package io.w7s.sdk.rpc;

import org.jspecify.annotations.Nullable;

/**
 * Handles the requests to a route. One handler may run on several threads at the same time.
 *
 * <p>For a route without a result, {@link VoidRpcHandler} is shorter.
 *
 * <p>When it returns, the response is a 200 with the result as its body, or a 204 for null. When it
 * throws, the response is a 500 that does not tell the caller why; the log does.
 *
 * @param <I> the type of the request's body
 * @param <O> the type of the result
 */
@FunctionalInterface
public interface RpcHandler<I, O> {

  /**
   * Handles a request.
   *
   * @return the body of the response; null for none
   * @throws Exception when the request fails; an {@code Error} does the same
   */
  @Nullable O handle(RpcRequest<I> request) throws Exception;
}
