package io.w7s.sdk.app;

import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.queue.Claim;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;

/** Runs something before and after each access to a store, which may throw. */
class AroundProcessedMessages implements ProcessedMessages {

  private final ProcessedMessages store;
  private final Runnable before;
  private final Runnable after;

  AroundProcessedMessages(ProcessedMessages store, Runnable before, Runnable after) {
    this.store = store;
    this.before = before;
    this.after = after;
  }

  private <T> T around(Supplier<T> access) {
    before.run();
    T result = access.get();
    after.run();
    return result;
  }

  private void around(Runnable access) {
    around(
        () -> {
          access.run();
          return true;
        });
  }

  @Override
  public Duration window() {
    return store.window();
  }

  @Override
  public Set<String> done(String queue, Collection<String> keys) {
    return around(() -> store.done(queue, keys));
  }

  @Override
  public ClaimResult claim(String queue, String key, Duration lease, boolean takeOver) {
    return around(() -> store.claim(queue, key, lease, takeOver));
  }

  /** Passed on without more: it is called on a thread of its own. */
  @Override
  public boolean renew(Claim claim, Duration lease) {
    return store.renew(claim, lease);
  }

  @Override
  public boolean complete(Claim claim) {
    return around(() -> store.complete(claim));
  }

  @Override
  public void complete(String queue, String key) {
    around(() -> store.complete(queue, key));
  }

  @Override
  public void release(Claim claim) {
    around(() -> store.release(claim));
  }
}
