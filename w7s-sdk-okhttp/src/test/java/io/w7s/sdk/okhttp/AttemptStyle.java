package io.w7s.sdk.okhttp;

import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** The ways to make an attempt, which must have the same outcome. */
enum AttemptStyle {
  BLOCKING {
    @Override
    Outcome<RawResponse> make(
        HttpAttempts attempts, Exchange<RawResponse> exchange, Duration timeout) {
      return attempts.execute(exchange, timeout);
    }
  },
  ASYNC {
    @Override
    Outcome<RawResponse> make(
        HttpAttempts attempts, Exchange<RawResponse> exchange, Duration timeout) {
      try {
        return attempts.executeAsync(exchange, timeout).join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  },
  STREAMING {
    @Override
    Outcome<RawResponse> make(
        HttpAttempts attempts, Exchange<RawResponse> exchange, Duration timeout) {
      Outcome<RpcStream> outcome = attempts.stream(exchange, timeout);
      return outcome instanceof Outcome.Success<RpcStream> success
          ? read(success.result())
          : outcome.map(AttemptStyle::never);
    }
  };

  abstract Outcome<RawResponse> make(
      HttpAttempts attempts, Exchange<RawResponse> exchange, Duration timeout);

  private static RawResponse never(RpcStream stream) {
    throw new AssertionError("not a success");
  }

  private static Outcome<RawResponse> read(RpcStream stream) {
    try (stream) {
      return Outcome.success(
          new RawResponse(stream.status(), stream.headers(), stream.body().readAllBytes()));
    } catch (IOException e) {
      return Outcome.deliveryUnknown("reading failed", e);
    }
  }
}
