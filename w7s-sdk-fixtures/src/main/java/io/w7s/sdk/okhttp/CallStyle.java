package io.w7s.sdk.okhttp;

import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** The two ways to make an attempt, which must not differ in what comes of it. */
public enum CallStyle {
  BLOCKING {
    @Override
    public <R> Outcome<R> make(Transport transport, Operation<R> operation, Duration timeout) {
      return transport.execute(operation, new CallContext(1, timeout));
    }
  },
  ASYNC {
    @Override
    public <R> Outcome<R> make(Transport transport, Operation<R> operation, Duration timeout) {
      try {
        return transport.executeAsync(operation, new CallContext(1, timeout)).join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  };

  public abstract <R> Outcome<R> make(
      Transport transport, Operation<R> operation, Duration timeout);

  public <R> Outcome<R> make(Transport transport, Operation<R> operation) {
    return make(transport, operation, Duration.ofSeconds(20));
  }
}
