package io.w7s.sdk.spi;

/**
 * Sees every outgoing call before it is sent, may add headers and a trace to it, and observes what
 * becomes of it: for metrics, traces and logs. Registered with {@link
 * io.w7s.sdk.W7s.Builder#intercept}; several interceptors are called in the order of their
 * registration. Blocking and async calls are intercepted alike.
 *
 * <pre>{@code
 * W7s.builder(config)
 *     .intercept(
 *         call -> {
 *           Span span = tracer.start(call.name(), call.targetTemplate());
 *           call.traceParent(span.traceParent());
 *           return new CallObserver() {
 *             public void succeeded(int attempts, Duration took) {
 *               span.end();
 *             }
 *
 *             public void failed(Throwable failure, int attempts, Duration took) {
 *               span.fail(failure);
 *             }
 *           };
 *         })
 * }</pre>
 *
 * <p>Implementations are thread-safe and quick. What an interceptor or its observer throws is
 * logged, once at level WARN, and does not change the call.
 */
@FunctionalInterface
public interface CallInterceptor {

  /**
   * Called once for each call, on the thread of the caller, after the options of the call have been
   * checked and before its body is encoded.
   *
   * @return the observer of this call, which may keep its state, such as a span or a start time;
   *     {@link CallObserver#NONE} to observe nothing
   */
  CallObserver intercept(OutgoingCall call);
}
