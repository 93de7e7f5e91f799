package io.w7s.sdk.events;

import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Returns the given outcomes, one for each attempt, and records the operations. */
final class FakeTransport implements Transport {

  final List<Operation<?>> sent = new ArrayList<>();
  private final Deque<Outcome<?>> outcomes;

  FakeTransport(Outcome<?>... outcomes) {
    this.outcomes = new ArrayDeque<>(List.of(outcomes));
  }

  @Override
  @SuppressWarnings("unchecked") // a test gives outcomes that fit its operations
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    sent.add(operation);
    return (Outcome<R>) outcomes.remove();
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    return CompletableFuture.completedFuture(execute(operation, context));
  }

  @Override
  public void close() {}
}
