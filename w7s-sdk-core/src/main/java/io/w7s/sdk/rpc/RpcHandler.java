package io.w7s.sdk.rpc;

import org.jspecify.annotations.Nullable;

/**
 * Answers requests. What it returns is the body of a 200; what it throws is a 500 that tells the
 * caller nothing. It may run on several threads at once.
 *
 * @param <I> what the request body is
 * @param <O> what the answer's body is
 */
@FunctionalInterface
public interface RpcHandler<I, O> {

  /**
   * Answers a request.
   *
   * @return the body of the 200; null for a 204 without a body
   * @throws Exception when it cannot
   */
  @Nullable O handle(RpcRequest<I> request) throws Exception;
}
