package io.w7s.sdk.rpc;

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
   * @throws Exception when it cannot
   */
  O handle(RpcRequest<I> request) throws Exception;
}
