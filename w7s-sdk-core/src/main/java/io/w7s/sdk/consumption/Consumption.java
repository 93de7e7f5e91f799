package io.w7s.sdk.consumption;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the messages of a queue are consumed: each once, and what cannot be handled is set aside.
 *
 * <pre>{@code
 * W7sApp.builder(WORKER)
 *     .consumption(each -> each.once(processed).park(parked).retry(w7s.queues()))
 * }</pre>
 *
 * <p>The platform acknowledges whole batches only, and drops a message after its last delivery.
 * With this, the batch is acknowledged as soon as every message of it is handled, parked or held
 * back:
 *
 * <ul>
 *   <li>A message whose handler returned is done. When its batch comes again because of another
 *       message, it is skipped.
 *   <li>A message whose handler failed is held back and sent again after a while; without {@link
 *       Builder#retry} its batch comes again, as the platform does it. After its last attempt it is
 *       parked. So is one that cannot be read, and one whose handler threw {@link Reject}, at once.
 *   <li>A message that another delivery is handling is waited for, and never acknowledged before it
 *       is decided.
 * </ul>
 *
 * <p>Immutable and thread-safe.
 */
public final class Consumption {

  /** How often the platform delivers a message: once, and three times again. */
  public static final int PLATFORM_ATTEMPTS = 4;

  /**
   * The shortest window of a store: a message may be delayed by a day, wait 5 s for its batch, and
   * be delivered three times more, 10 s apart.
   */
  public static final Duration SHORTEST_WINDOW = Duration.ofSeconds(86_400 + 5 + 3 * 10);

  private final ProcessedMessages processed;
  private final @Nullable Function<Object, String> key;
  private final boolean takeOver;
  private final Duration lease;
  private final Duration longestWait;
  private final @Nullable ParkedMessages parked;
  private final int attempts;
  private final @Nullable QueueClient queues;
  private final Backoff backoff;
  private final @Nullable Confirmations confirmations;
  private final List<Consumer<BatchReport>> listeners;
  private final TimeSource time;

  private Consumption(Builder<?> builder, ProcessedMessages processed) {
    this.processed = processed;
    key = builder.key;
    takeOver = builder.takeOver;
    lease = builder.lease;
    longestWait = builder.longestWait;
    parked = builder.parked;
    attempts = builder.attempts;
    queues = builder.queues;
    backoff = builder.backoff;
    confirmations = builder.confirmations;
    listeners = List.copyOf(builder.listeners);
    time = builder.time;
  }

  /** Begins the settings. An app calls this; see {@code W7sApp.Builder.consumption}. */
  public static <M> Builder<M> builder() {
    return new Builder<>();
  }

  /** Returns the memory of which messages were handled. */
  public ProcessedMessages processed() {
    return processed;
  }

  /**
   * Returns what identifies a message, a {@code QueueMessage} or an {@code Event}; empty for its
   * id.
   */
  public Optional<Function<Object, String>> key() {
    return Optional.ofNullable(key);
  }

  /** Returns whether a message whose consumer died is handled again. */
  public boolean takeOver() {
    return takeOver;
  }

  /** Returns how long a claim holds without being renewed. */
  public Duration lease() {
    return lease;
  }

  /** Returns how long a delivery waits for messages that another one is handling. */
  public Duration longestWait() {
    return longestWait;
  }

  /** Returns the store for messages that are set aside; empty for none. */
  public Optional<ParkedMessages> parked() {
    return Optional.ofNullable(parked);
  }

  /** Returns after how many attempts a message is parked. */
  public int attempts() {
    return attempts;
  }

  /** Returns what sends messages again; empty where the platform delivers them again. */
  public Optional<QueueClient> queues() {
    return Optional.ofNullable(queues);
  }

  /** Returns how long a failed message is held back. */
  public Backoff backoff() {
    return backoff;
  }

  /** Returns what receives the confirmations of decided messages; empty for none. */
  public Optional<Confirmations> confirmations() {
    return Optional.ofNullable(confirmations);
  }

  /** Returns the listeners that get a report of each batch. */
  public List<Consumer<BatchReport>> listeners() {
    return listeners;
  }

  /** Returns the clock. */
  public TimeSource time() {
    return time;
  }

  /**
   * Makes the settings. Not thread-safe.
   *
   * @param <M> what a message is: a {@code QueueMessage}, an {@code Event}, or either
   */
  public static final class Builder<M> {

    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    private static final Duration LONGEST_LEASE = Duration.ofHours(1);

    private @Nullable ProcessedMessages processed;
    private @Nullable Function<Object, String> key;
    private boolean takeOver = true;
    private Duration lease = Duration.ofSeconds(10);
    private Duration longestWait = Duration.ofSeconds(30);
    private @Nullable ParkedMessages parked;
    private int attempts = PLATFORM_ATTEMPTS;
    private @Nullable QueueClient queues;
    private Backoff backoff = Backoff.exponential(Duration.ofSeconds(10), Duration.ofHours(1));
    private @Nullable Confirmations confirmations;
    private final List<Consumer<BatchReport>> listeners = new ArrayList<>(0);
    private TimeSource time = TimeSource.system();

    private Builder() {}

    /**
     * Handles each message once: one that is done is skipped when it comes again. A message is
     * identified by its id, which is the same in each delivery; two sends of the same content are
     * two messages. An event is identified by its publisher and its id, also when it was published
     * again.
     *
     * @param processed the memory of which messages were handled, shared by all processes that
     *     consume the queue
     */
    public Builder<M> once(ProcessedMessages processed) {
      this.processed = requireNonNull(processed, "processed");
      this.key = null;
      return this;
    }

    /**
     * Handles each message once, as {@link #once(ProcessedMessages)}, identified by a key of its
     * own: two messages with the same key are one.
     *
     * @param processed the memory of which messages were handled
     * @param key returns the key of a message, from 1 to 200 characters, without control characters
     *     and unpaired surrogates. When it throws or returns another one, the message has failed
     */
    @SuppressWarnings("unchecked") // W7sApp hands it nothing but M
    public Builder<M> once(ProcessedMessages processed, Function<? super M, String> key) {
      this.processed = requireNonNull(processed, "processed");
      this.key = (Function<Object, String>) requireNonNull(key, "key");
      return this;
    }

    /**
     * Does not run a handler again that has begun and not ended, because its process died: the
     * message is parked for a person to decide. By default it is handled again, so that nothing is
     * lost, and what the handler did until then is done twice, except for what was in the
     * transaction of the mark.
     */
    public Builder<M> neverTwice() {
      takeOver = false;
      return this;
    }

    /**
     * Sets how long a message stays claimed after its process has died. Default 10 s. It is renewed
     * while the handler runs, however long that takes.
     *
     * @throws InvalidInputException when it is not between a second and an hour
     */
    public Builder<M> lease(Duration lease) {
      if (requireNonNull(lease, "lease").compareTo(SHORTEST_LEASE) < 0
          || lease.compareTo(LONGEST_LEASE) > 0) {
        throw new InvalidInputException("lease", lease.toString(), "from 1 second to 1 hour");
      }
      this.lease = lease;
      return this;
    }

    /**
     * Sets how long a delivery waits for messages that another one is handling, before it is given
     * back to the platform. Default 30 s. Make it longer than the lease: then a message whose
     * process died is taken over within the delivery that finds it.
     *
     * @throws InvalidInputException when it is negative
     */
    public Builder<M> longestWait(Duration longestWait) {
      if (requireNonNull(longestWait, "longestWait").isNegative()) {
        throw new InvalidInputException("longestWait", longestWait.toString(), "zero or positive");
      }
      this.longestWait = longestWait;
      return this;
    }

    /**
     * Sets messages aside that cannot be handled, each before its batch is acknowledged. When a
     * message cannot be stored, the batch is not acknowledged.
     */
    public Builder<M> park(ParkedMessages parked) {
      this.parked = requireNonNull(parked, "parked");
      return this;
    }

    /**
     * Sets after how many attempts a message that still fails is parked. Default 4, as many as the
     * platform makes.
     *
     * @throws InvalidInputException when it is less than 1
     */
    public Builder<M> attempts(int attempts) {
      if (attempts < 1) {
        throw new InvalidInputException("attempts", String.valueOf(attempts), "1 or more");
      }
      this.attempts = attempts;
      return this;
    }

    /**
     * Holds failed messages back and sends them again, after 10 s at first and twice as long each
     * time, up to an hour; see {@link #retry(QueueClient, Backoff)}.
     */
    public Builder<M> retry(QueueClient queues) {
      this.queues = requireNonNull(queues, "queues");
      return this;
    }

    /**
     * Holds failed messages back in the store of parked messages and sends them again, instead of
     * having the platform deliver their whole batch again. Handlers may then choose the wait with
     * {@link Retry}. Needs {@link #park}.
     *
     * @param queues sends to the app's own queues; the client of the app itself, or of one that may
     *     send to them
     * @param backoff how long to wait after each attempt
     */
    public Builder<M> retry(QueueClient queues, Backoff backoff) {
      this.queues = requireNonNull(queues, "queues");
      this.backoff = requireNonNull(backoff, "backoff");
      return this;
    }

    /**
     * Confirms messages to their sender, each as soon as it is handled or set aside: an outbox that
     * waits for the confirmation sends a lost message again. Events are confirmed by their id,
     * other messages by the key of {@link #once(ProcessedMessages, Function)}; without a key of
     * their own they are not confirmed. A confirmation that fails is logged; the sender sends the
     * message again, and it is skipped and confirmed then.
     */
    public Builder<M> confirm(Confirmations confirmations) {
      this.confirmations = requireNonNull(confirmations, "confirmations");
      return this;
    }

    /**
     * Adds a listener that gets a report of each delivery after it: what became of its messages.
     * The listener is called in the thread of the delivery. An exception of it is logged.
     */
    public Builder<M> listen(Consumer<BatchReport> listener) {
      listeners.add(requireNonNull(listener, "listener"));
      return this;
    }

    /** Sets the clock. Default: the system's. A test sets the one that its stores use. */
    public Builder<M> time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Returns the settings.
     *
     * @throws InvalidInputException when they do not fit together: {@link #once} is missing, its
     *     window is shorter than {@link #SHORTEST_WINDOW}, {@link #retry}, {@link #neverTwice} or
     *     {@link #attempts} is set without {@link #park}, or there are more attempts than the
     *     platform makes without {@link #retry}
     */
    public Consumption build() {
      if (processed == null) {
        throw new InvalidInputException("consumption", "no once(...)", "a store in once(...)");
      }
      if (processed.window().compareTo(SHORTEST_WINDOW) < 0) {
        throw new InvalidInputException(
            "window of processed messages",
            processed.window().toString(),
            "at least "
                + SHORTEST_WINDOW
                + ", within which the platform may deliver a message again");
      }
      if (parked == null && queues != null) {
        throw new InvalidInputException(
            "consumption", "retry(...) without park(...)", "a store in park(...)");
      }
      if (parked == null && !takeOver) {
        throw new InvalidInputException(
            "consumption", "neverTwice() without park(...)", "a store in park(...)");
      }
      if (parked == null && attempts != PLATFORM_ATTEMPTS) {
        throw new InvalidInputException(
            "consumption", "attempts(...) without park(...)", "a store in park(...)");
      }
      if (queues == null && attempts > PLATFORM_ATTEMPTS) {
        throw new InvalidInputException(
            "attempts",
            String.valueOf(attempts),
            "at most "
                + PLATFORM_ATTEMPTS
                + ", as many as the platform makes, or together with retry(...)");
      }
      return new Consumption(this, processed);
    }
  }
}
