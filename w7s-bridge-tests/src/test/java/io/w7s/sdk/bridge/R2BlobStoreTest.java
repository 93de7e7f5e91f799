package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.blob.R2BlobStore;
import io.w7s.sdk.testing.contract.BlobStoreContract;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blobs in an R2 bucket behind the bridge. */
@Timeout(120)
class R2BlobStoreTest extends BlobStoreContract {

  private static final byte[] BYTES = "{\"n\":1}".getBytes(StandardCharsets.US_ASCII);

  private static StoresProcess stores;
  private static Bridge bridge;
  private static R2BlobStore store;

  @BeforeAll
  static void start() {
    stores = StoresProcess.start();
    bridge = stores.bridge();
    store = R2BlobStore.of(bridge, "FILES");
  }

  @AfterAll
  static void stop() {
    if (stores != null) {
      bridge.close();
      stores.close();
    }
  }

  @Override
  protected BlobStore store() {
    return store;
  }

  @Override
  protected void pass(Duration time) {
    stores.age(time);
  }

  private static BlobRef put(BlobStore to) {
    BlobRef blob = BlobRef.of(UUID.randomUUID().toString(), BYTES);
    to.put(blob, BYTES);
    return blob;
  }

  @Test
  void theBucketRefusesBytesThatWereChanged() {
    BlobRef blob = BlobRef.of(UUID.randomUUID().toString(), BYTES);

    assertThatThrownBy(() -> store.put(blob, new byte[] {1}))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot store a blob in FILES")
        .hasMessageContaining("the R2 bucket FILES failed");
    assertThat(store.get(blob)).isEmpty();
  }

  @Test
  void theLargestBlobPassesTheBridge() {
    byte[] largest = new byte[R2BlobStore.MAX_BYTES];
    new Random(1).nextBytes(largest);
    BlobRef blob = BlobRef.of(UUID.randomUUID().toString(), largest);

    store.put(blob, largest);

    assertThat(store.get(blob)).hasValueSatisfying(read -> assertThat(blob.matches(read)).isTrue());
    assertThat(store.maxBytes()).isEqualTo(R2BlobStore.MAX_BYTES);
  }

  @Test
  void whatIsUnderAnotherPrefixIsNotSwept() {
    R2BlobStore staging = R2BlobStore.builder(bridge, "FILES").prefix("w7s/staging/").build();
    BlobRef other = put(staging);
    BlobRef own = put(store);
    bridge.call("PUT", "/r2/FILES", "key=w7s%2Fblobs%2Fnotes.txt", BYTES);

    stores.age(store.expiry().plusMinutes(1));
    store.sweep();

    assertThat(store.get(own)).isEmpty();
    assertThat(staging.get(other)).isPresent();
    assertThat(bridge.call("GET", "/r2/FILES", "key=w7s%2Fblobs%2Fnotes.txt", new byte[0]).body())
        .isEqualTo(BYTES);
  }

  /** Targets have 8,192 characters, and a list has 1,000 keys. */
  @Test
  void manyOldBlobsAreSweptInSeveralRequests() {
    R2BlobStore deep = R2BlobStore.builder(bridge, "FILES").prefix("é/".repeat(100)).build();
    List<BlobRef> blobs = new ArrayList<>();
    for (int i = 0; i < 130; i++) {
      blobs.add(put(deep));
    }
    stores.age(deep.expiry().plusMinutes(1));

    assertThat(deep.sweep()).isEqualTo(130);
    assertThat(blobs).allMatch(blob -> deep.get(blob).isEmpty());
  }

  @Test
  void senderSweepsOnceAMinute() {
    var clock = new VirtualTime(TimeSource.system().now(), 1);
    R2BlobStore shared = R2BlobStore.builder(bridge, "FILES").prefix("shared/").time(clock).build();
    BlobRef old = put(shared);
    stores.age(shared.expiry().plusMinutes(1));

    put(shared);
    assertThat(shared.get(old)).isPresent();
    clock.advance(Duration.ofMinutes(1));
    put(shared);

    assertThat(shared.get(old)).isEmpty();
  }

  @Test
  void settingsAreChecked() {
    R2BlobStore.Builder builder = R2BlobStore.builder(bridge, "FILES");
    assertThatThrownBy(() -> builder.prefix("no slash")).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> builder.prefix("x".repeat(200) + "/"))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> builder.expiry(Duration.ofDays(1)))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> R2BlobStore.of(bridge, "W7S_BRIDGE_SECRET"))
        .isInstanceOf(InvalidInputException.class);
  }
}
