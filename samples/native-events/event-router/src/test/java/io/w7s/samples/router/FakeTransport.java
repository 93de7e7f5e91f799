package io.w7s.samples.router;

import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Reaches nobody: keeps what is sent, and gives the same answer to all of it. */
final class FakeTransport implements Transport {

  final List<Operation<?>> sent = new CopyOnWriteArrayList<>();

  private final Outcome<?> answer;

  FakeTransport(Outcome<?> answer) {
    this.answer = answer;
  }

  @Override
  @SuppressWarnings("unchecked") // the test gives an answer to the operation it expects
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    sent.add(operation);
    return (Outcome<R>) answer;
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    return CompletableFuture.completedFuture(execute(operation, context));
  }

  @Override
  public void close() {}
}
