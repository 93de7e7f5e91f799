package io.w7s.sdk;

import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Returns the outcomes of a script, one for each attempt, and keeps what it was sent. */
public class ScriptedTransport implements Transport {

  private final Deque<Supplier<Outcome<?>>> script = new ArrayDeque<>();
  public final List<Operation<?>> sent = new ArrayList<>();
  public final List<CallContext> contexts = new ArrayList<>();
  public boolean closed;

  public ScriptedTransport(Outcome<?>... answers) {
    Arrays.stream(answers).forEach(answer -> script.add(() -> answer));
  }

  public ScriptedTransport(List<Supplier<Outcome<?>>> answers) {
    script.addAll(answers);
  }

  /** Returns a transport with the same script from its start, which nothing was sent to. */
  public ScriptedTransport copy() {
    return new ScriptedTransport(List.copyOf(script));
  }

  @Override
  @SuppressWarnings("unchecked") // the test writes answers that fit its operations
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    sent.add(operation);
    contexts.add(context);
    return (Outcome<R>) script.remove().get();
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    return CompletableFuture.completedFuture(execute(operation, context));
  }

  @Override
  public void close() {
    closed = true;
  }
}
