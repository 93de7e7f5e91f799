package io.w7s.sdk.app;

import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs something before and after each access to a store, which may throw. */
final class AroundParkedMessages implements ParkedMessages {

  private final ParkedMessages store;
  private final Runnable before;
  private final Runnable after;

  AroundParkedMessages(ParkedMessages store, Runnable before, Runnable after) {
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

  @Override
  public boolean put(ParkedMessage message, @Nullable String formerToken) {
    return around(() -> store.put(message, formerToken));
  }

  @Override
  public Optional<ParkedMessage> find(String queue, String key) {
    return around(() -> store.find(queue, key));
  }

  @Override
  public List<ParkedMessage> list(
      String queue, ParkedMessage.State state, int limit, @Nullable ParkedMessage after) {
    return around(() -> store.list(queue, state, limit, after));
  }

  @Override
  public long count(String queue, ParkedMessage.State state) {
    return around(() -> store.count(queue, state));
  }

  @Override
  public List<ParkedMessage> overdue(String queue, Instant before, int limit) {
    return around(() -> store.overdue(queue, before, limit));
  }

  @Override
  public boolean remove(ParkedMessage message) {
    return around(() -> store.remove(message));
  }
}
