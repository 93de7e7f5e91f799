package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every store of blobs must do. A test of an implementation extends it:
 *
 * <pre>{@code
 * class AzureBlobStoreTest extends BlobStoreContract {
 *   @Override protected BlobStore store() { return store; }
 *   @Override protected void pass(Duration time) { clock.advance(time); }
 * }
 * }</pre>
 *
 * <p>The store may hold blobs of earlier tests.
 */
public abstract class BlobStoreContract {

  private static final int THREADS = 8;
  private static final int LARGE = 3 * 1024 * 1024;

  /** For the class that extends this. */
  protected BlobStoreContract() {}

  /** Returns the store, the same within a test. */
  protected abstract BlobStore store();

  /** Lets time pass for the store. */
  protected abstract void pass(Duration time);

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private BlobRef put(byte[] bytes) {
    BlobRef blob = BlobRef.of(newId(), bytes);
    store().put(blob, bytes);
    return blob;
  }

  private boolean has(BlobRef blob) {
    return store().get(blob).isPresent();
  }

  @Test
  void aBlobIsReadAsItWasStored() {
    byte[] everyByte = new byte[256];
    IntStream.range(0, 256).forEach(i -> everyByte[i] = (byte) i);

    assertThat(store().get(put(everyByte))).contains(everyByte);
    assertThat(store().get(put(new byte[] {0}))).contains(new byte[] {0});
  }

  @Test
  void aLargeBlobIsReadAsItWasStored() {
    byte[] large = new byte[LARGE];
    new Random(1).nextBytes(large);
    BlobRef blob = put(large);

    assertThat(store().get(blob))
        .hasValueSatisfying(read -> assertThat(blob.matches(read)).isTrue());
    assertThat(store().maxBytes()).isGreaterThanOrEqualTo(LARGE);
  }

  @Test
  void theBytesThatAreReadBelongToTheReader() {
    BlobRef blob = put(utf8("{\"n\":1}"));
    Arrays.fill(store().get(blob).orElseThrow(), (byte) 0);

    assertThat(store().get(blob)).contains(utf8("{\"n\":1}"));
  }

  @Test
  void aBlobThatIsNotThereIsEmpty() {
    assertThat(store().get(BlobRef.of(newId(), utf8("never stored")))).isEmpty();
  }

  /** An event reaches several subscribers, and each may read it again after a failure. */
  @Test
  void aBlobIsStillThereAfterItWasRead() {
    BlobRef blob = put(utf8("for all"));

    for (int i = 0; i < 4; i++) {
      assertThat(store().get(blob)).contains(utf8("for all"));
    }
  }

  @Test
  void storingTheSameBlobAgainChangesNothing() {
    BlobRef blob = put(utf8("again"));
    store().put(blob, utf8("again"));

    assertThat(store().get(blob)).contains(utf8("again"));
  }

  @Test
  void theSameBytesAreTwoBlobs() {
    BlobRef one = put(utf8("same"));
    pass(store().expiry());
    BlobRef other = put(utf8("same"));
    pass(Duration.ofMinutes(1));
    store().sweep();

    assertThat(has(one)).isFalse();
    assertThat(has(other)).isTrue();
  }

  /** A reference comes from outside. */
  @Test
  void noMoreIsReadThanTheReferenceSays() {
    BlobRef blob = put(utf8("x".repeat(10_000)));

    assertThat(store().get(new BlobRef(blob.id(), 100, blob.sha256())).orElseThrow())
        .hasSizeBetween(100, 101)
        .containsOnly('x');
    assertThat(store().get(new BlobRef(blob.id(), 9_999, blob.sha256())).orElseThrow())
        .hasSize(10_000);
  }

  @Test
  void aBlobIsReadAsItIsWhenItsReferenceSaysMore() {
    BlobRef blob = put(utf8("short"));

    assertThat(store().get(new BlobRef(blob.id(), Integer.MAX_VALUE, blob.sha256())))
        .contains(utf8("short"));
  }

  @Test
  void aBlobIsKeptForLongerThanThePlatformMayDeliverItsMessage() {
    assertThat(store().expiry()).isGreaterThanOrEqualTo(BlobStore.SHORTEST_EXPIRY);
  }

  @Test
  void aBlobIsThereForASubscriberThatIsTwelveHoursLate() {
    BlobRef blob = put(utf8("late"));
    pass(Duration.ofHours(12));
    store().sweep();

    assertThat(store().get(blob)).contains(utf8("late"));
  }

  /** Whether its message was ever sent, no store can know. */
  @Test
  void aBlobIsSweptAfterItsExpiryAndNotBefore() {
    List<BlobRef> old = IntStream.range(0, 20).mapToObj(i -> put(utf8("old " + i))).toList();
    pass(store().expiry().minusMinutes(5));
    store().sweep();
    assertThat(old).allMatch(this::has);
    BlobRef young = put(utf8("young"));

    pass(Duration.ofMinutes(10));
    assertThat(store().sweep()).isGreaterThanOrEqualTo(20);

    assertThat(old).noneMatch(this::has);
    assertThat(has(young)).isTrue();
    assertThat(store().sweep()).isZero();
  }

  @Test
  void manyThreadsStoreReadAndSweepAtTheSameTime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Boolean>> work = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        work.add(
            () -> {
              boolean all = true;
              for (int n = 0; n < 20; n++) {
                byte[] bytes = utf8(("thread " + thread + ", blob " + n + " ").repeat(1_000));
                BlobRef blob = put(bytes);
                store().sweep();
                all &= blob.matches(store().get(blob).orElseThrow());
              }
              return all;
            });
      }
      for (Future<Boolean> each : threads.invokeAll(work)) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
