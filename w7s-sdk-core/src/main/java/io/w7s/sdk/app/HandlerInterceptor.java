package io.w7s.sdk.app;

import io.w7s.sdk.consumption.BatchReport;

/**
 * Runs code around the handlers of an app: for metrics, traces, transactions, logging contexts, or
 * to decide what becomes of a failed message. Registered by {@link W7sApp.Builder#intercept}. It is
 * called for handlers of all kinds, in the thread of the handler, and by several threads at the
 * same time.
 *
 * <pre>{@code
 * HandlerInterceptor timing = handler -> {
 *   long start = System.nanoTime();
 *   try {
 *     handler.proceed();
 *   } finally {
 *     timer(handler.kind(), handler.name()).record(System.nanoTime() - start);
 *   }
 * };
 * }</pre>
 *
 * <p>To the app, what an interceptor does is what the handler does. When it throws, the handler has
 * failed, and its failure is logged. When it returns, the handler has succeeded, even if {@link
 * HandlerInvocation#proceed()} was not called, or threw an exception that the interceptor caught:
 * the message, event or schedule counts as handled. A workflow and an RPC need a result, which only
 * the handler gives; without one they fail.
 */
@FunctionalInterface
public interface HandlerInterceptor {

  /**
   * Called in place of a handler.
   *
   * @param handler the handler, together with the interceptors that were registered after this one
   * @throws Exception when the handler has failed; usually what {@code proceed} threw
   */
  void intercept(HandlerInvocation handler) throws Exception;

  /**
   * Called after a delivery of a queue with {@link W7sApp.Builder#consumption}, in its thread, with
   * what became of each message. Does nothing by default. What it throws is logged.
   */
  default void delivered(BatchReport report) {}
}
