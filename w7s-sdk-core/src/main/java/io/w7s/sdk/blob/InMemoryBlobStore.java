package io.w7s.sdk.blob;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps a bounded number of bytes, in this process. */
final class InMemoryBlobStore implements BlobStore {

  private final long maxTotalBytes;
  private final TimeSource time;

  /** By their ids, the oldest first. */
  private final Map<String, Entry> blobs = new LinkedHashMap<>();

  private long totalBytes;

  InMemoryBlobStore(long maxTotalBytes, TimeSource time) {
    if (maxTotalBytes < 1) {
      throw new InvalidInputException("maxTotalBytes", String.valueOf(maxTotalBytes), "1 or more");
    }
    this.maxTotalBytes = maxTotalBytes;
    this.time = time;
  }

  private static final class Entry {

    private final byte[] bytes;
    private final Duration storedAt;

    Entry(byte[] bytes, Duration storedAt) {
      this.bytes = bytes;
      this.storedAt = storedAt;
    }
  }

  @Override
  public synchronized void put(BlobRef blob, byte[] bytes) {
    sweep();
    if (blobs.containsKey(blob.id())) {
      return;
    }
    if (bytes.length > maxTotalBytes - totalBytes) {
      throw new IllegalStateException(
          "no room for a blob of "
              + bytes.length
              + " bytes: the store in memory has "
              + totalBytes
              + " of at most "
              + maxTotalBytes);
    }
    blobs.put(blob.id(), new Entry(bytes.clone(), time.elapsed()));
    totalBytes += bytes.length;
  }

  @Override
  public synchronized Optional<byte[]> get(BlobRef blob) {
    Entry entry = blobs.get(blob.id());
    return entry == null
        ? Optional.empty()
        : Optional.of(
            Arrays.copyOf(
                entry.bytes, Math.min(entry.bytes.length, Math.min(blob.size(), maxBytes()) + 1)));
  }

  @Override
  public Duration expiry() {
    return DEFAULT_EXPIRY;
  }

  @Override
  public synchronized int sweep() {
    Duration before = time.elapsed().minus(expiry());
    int swept = 0;
    Iterator<Entry> oldest = blobs.values().iterator();
    while (oldest.hasNext()) {
      Entry entry = oldest.next();
      if (entry.storedAt.compareTo(before) >= 0) {
        break;
      }
      oldest.remove();
      totalBytes -= entry.bytes.length;
      swept++;
    }
    return swept;
  }
}
