package io.w7s.sdk.blob;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps the bodies of large messages, apart from the messages. A sender stores the body first and
 * sends a message that refers to it; each consumer reads it from there. Give the same store to
 * both:
 *
 * <pre>{@code
 * W7s.builder(config).blobs(blobs).build();
 * W7sApp.builder(WORKER).blobs(blobs).on(JOBS, ...).build();
 * }</pre>
 *
 * <p>A blob never changes. No consumer deletes it, because it does not know who else has still to
 * read it: it is deleted when it is older than {@link #expiry()}. So one that was stored and never
 * sent is deleted as well.
 *
 * <p>Implementations are thread-safe, and may be shared by any number of processes. {@code
 * BlobStoreContract} in {@code w7s-sdk-testing} tests one. A store serves one environment.
 *
 * <p>Every method may throw an unchecked exception when the store cannot be reached.
 */
public interface BlobStore {

  /**
   * The shortest expiry. A message may be delayed by a day, wait 5 s for its batch and be delivered
   * three times more, 10 s apart; one more day is for what comes on top, such as a retry of the
   * sender, a message that is held back, or clocks that differ.
   */
  Duration SHORTEST_EXPIRY = Duration.ofSeconds(86_400 + 5 + 3 * 10 + 86_400);

  /** How long the stores of the SDK keep a blob, unless they are told otherwise: 8 days. */
  Duration DEFAULT_EXPIRY = Duration.ofDays(8);

  /** The largest blob, unless a store says otherwise: 64 MiB. */
  int DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

  /** How many bytes {@link #inMemory()} keeps: 256 MiB. */
  long DEFAULT_MEMORY = 256L * 1024 * 1024;

  /**
   * Returns a store in memory for up to 256 MiB, for tests and for an app that sends to itself
   * only. It keeps blobs for 8 days.
   */
  static BlobStore inMemory() {
    return inMemory(DEFAULT_MEMORY, TimeSource.system());
  }

  /**
   * Returns a store in memory. When it is full, {@link #put} throws, and no blob is dropped early.
   *
   * @param maxTotalBytes how many bytes it keeps; at least 1
   * @param time the clock for the expiry
   * @throws InvalidInputException when {@code maxTotalBytes} is less than 1
   */
  static BlobStore inMemory(long maxTotalBytes, TimeSource time) {
    return new InMemoryBlobStore(maxTotalBytes, time);
  }

  /**
   * Returns an expiry.
   *
   * @throws InvalidInputException when it is shorter than {@link #SHORTEST_EXPIRY}
   */
  static Duration requireExpiry(Duration expiry) {
    if (expiry.compareTo(SHORTEST_EXPIRY) < 0) {
      throw new InvalidInputException(
          "expiry of blobs",
          expiry.toString(),
          "at least "
              + SHORTEST_EXPIRY
              + ": the platform may still deliver a message that refers to one");
    }
    return expiry;
  }

  /**
   * Stores a blob. When this returns, the blob survives the end of the process, if the store is one
   * that does, and every process that shares the store can read it. When it throws, it is unknown
   * whether the blob was stored, but no reader ever gets a part of it. Storing the same blob again
   * changes nothing.
   *
   * @param blob the reference, which was made of the bytes; its id is in no other reference
   * @param bytes not changed
   */
  void put(BlobRef blob, byte[] bytes);

  /**
   * Reads a blob. The caller compares the bytes with the reference.
   *
   * @return its bytes; of a blob that is larger than the reference says, at most {@code size + 1}
   *     of them, so that nobody can make a reader read more than it expects. Empty when there is
   *     none with this id
   */
  Optional<byte[]> get(BlobRef blob);

  /** Returns how long a blob is kept; at least {@link #SHORTEST_EXPIRY}. */
  Duration expiry();

  /** Returns the size of the largest blob in bytes. Default {@link #DEFAULT_MAX_BYTES}. */
  default int maxBytes() {
    return DEFAULT_MAX_BYTES;
  }

  /**
   * Deletes all blobs that are older than {@link #expiry()}. The stores of the SDK also do so by
   * themselves, some at a time, as long as blobs are stored; call it from a schedule where that may
   * stop.
   *
   * @return how many were deleted
   */
  int sweep();
}
