package io.w7s.sdk.consumption;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps messages in this process. */
final class InMemoryParkedMessages implements ParkedMessages {

  private static final Comparator<ParkedMessage> OLDEST_FIRST =
      Comparator.comparing(ParkedMessage::parkedAt).thenComparing(ParkedMessage::key);

  private final Map<Key, ParkedMessage> messages = new LinkedHashMap<>();

  private record Key(String queue, String key) {}

  @Override
  public synchronized boolean put(ParkedMessage message, @Nullable String formerToken) {
    var key = new Key(message.queue(), message.key());
    ParkedMessage former = messages.get(key);
    boolean asExpected = former == null ? formerToken == null : former.token().equals(formerToken);
    if (asExpected) {
      messages.put(key, message);
    }
    return asExpected;
  }

  @Override
  public synchronized Optional<ParkedMessage> find(String queue, String key) {
    return Optional.ofNullable(messages.get(new Key(queue, key)));
  }

  @Override
  public synchronized List<ParkedMessage> list(
      String queue, ParkedMessage.State state, int limit, @Nullable ParkedMessage after) {
    return in(queue, state)
        .filter(message -> after == null || OLDEST_FIRST.compare(message, after) > 0)
        .sorted(OLDEST_FIRST)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized long count(String queue, ParkedMessage.State state) {
    return in(queue, state).count();
  }

  @Override
  public synchronized List<ParkedMessage> overdue(String queue, Instant before, int limit) {
    return in(queue, ParkedMessage.State.HELD)
        .filter(message -> message.due().isBefore(before))
        .sorted(Comparator.comparing(ParkedMessage::due))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized boolean remove(ParkedMessage message) {
    var key = new Key(message.queue(), message.key());
    ParkedMessage current = messages.get(key);
    boolean same = current != null && current.token().equals(message.token());
    if (same) {
      messages.remove(key);
    }
    return same;
  }

  private Stream<ParkedMessage> in(String queue, ParkedMessage.State state) {
    return messages.values().stream()
        .filter(message -> message.queue().equals(queue) && message.state() == state);
  }
}
