package io.w7s.sdk.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.testing.contract.BlobStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The store of blobs in a bucket of a server that speaks S3. */
class S3BlobStoreTest extends BlobStoreContract {

  private static final byte[] BYTES = "{\"n\":1}".getBytes(StandardCharsets.US_ASCII);

  @TempDir private static Path directory;

  private static S3Server server;

  private final S3BlobStore store = S3BlobStore.of(server.client(), S3Server.BUCKET);

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(
        S3Server.isInstalled(),
        "there is no S3 server; this installs one: npm ci --prefix w7s-sdk-store/s3rver");
    server = S3Server.start(directory);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected BlobStore store() {
    return store;
  }

  @Override
  protected void pass(Duration time) {
    try {
      server.age(time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BlobRef put(BlobStore to) {
    BlobRef blob = BlobRef.of(UUID.randomUUID().toString(), BYTES);
    to.put(blob, BYTES);
    return blob;
  }

  private static List<String> keys(String prefix) {
    return server
        .client()
        .listObjectsV2Paginator(list -> list.bucket(S3Server.BUCKET).prefix(prefix))
        .contents()
        .stream()
        .map(S3Object::key)
        .toList();
  }

  @Test
  void aBlobIsAnObjectUnderThePrefix() {
    S3BlobStore other =
        S3BlobStore.builder(server.client(), S3Server.BUCKET).prefix("staging/").build();
    BlobRef blob = put(other);

    assertThat(keys("staging/")).containsExactly("staging/" + blob.id());
    assertThat(store.get(blob)).isEmpty();
  }

  @Test
  void moreThanAPageIsSwept() {
    S3BlobStore paged =
        S3BlobStore.builder(server.client(), S3Server.BUCKET).prefix("paged/").build();
    IntStream.range(0, 1_050).forEach(i -> put(paged));
    pass(Duration.ofDays(9));
    BlobRef young = put(paged);

    assertThat(paged.sweep()).isEqualTo(1_050);

    assertThat(keys("paged/")).containsExactly("paged/" + young.id());
  }

  @Test
  void itSweepsByItselfWhileBlobsAreStored() {
    var time = new VirtualTime(Instant.now(), 1);
    S3BlobStore busy =
        S3BlobStore.builder(server.client(), S3Server.BUCKET).prefix("busy/").time(time).build();
    IntStream.range(0, 250).forEach(i -> put(busy));
    pass(Duration.ofDays(9));
    for (int i = 0; i < 3; i++) { // a hundred objects with each of them
      time.advance(Duration.ofMinutes(2));
      put(busy);
    }

    assertThat(keys("busy/")).hasSizeBetween(3, 3 + 2); // the young ones take their places
  }

  @Test
  void objectsOfOthersAreLeftAlone() {
    S3Client client = server.client();
    S3BlobStore shared = S3BlobStore.builder(client, S3Server.BUCKET).prefix("shared/").build();
    put(shared);
    for (String key : List.of("shared/README", "shared/a/" + UUID.randomUUID(), "sharedother")) {
      client.putObject(p -> p.bucket(S3Server.BUCKET).key(key), RequestBody.fromBytes(BYTES));
    }
    pass(Duration.ofDays(100));

    assertThat(shared.sweep()).isEqualTo(1);

    assertThat(keys("shared")).hasSize(3);
  }

  /** This server keeps the chunks as if they were the bytes. */
  @Test
  void bytesThatTheServiceHasChangedAreRefused() {
    try (S3Client chunks = server.clientThatSendsChunks()) {
      S3BlobStore changed = S3BlobStore.builder(chunks, S3Server.BUCKET).prefix("changed/").build();

      assertThatThrownBy(() -> put(changed))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("bytes there instead of 7")
          .hasMessageContaining("chunkedEncodingEnabled(false)");
    }
  }

  @Test
  void aBucketThatIsNotThereIsNamed() {
    S3BlobStore missing = S3BlobStore.of(server.client(), "nowhere");
    BlobRef blob = BlobRef.of(UUID.randomUUID().toString(), BYTES);

    assertThatThrownBy(() -> missing.put(blob, BYTES))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot store a blob in bucket nowhere");
    assertThatThrownBy(() -> missing.get(blob))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot read a blob in bucket nowhere");
    assertThatThrownBy(missing::sweep)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot delete old blobs in bucket nowhere");
  }

  @Test
  void aServerThatIsDownIsAnException() throws IOException {
    S3Server gone = S3Server.start(directory.resolve("gone"));
    S3BlobStore down = S3BlobStore.of(gone.client(), S3Server.BUCKET);
    BlobRef blob = put(down);
    gone.kill();

    assertThatThrownBy(() -> down.get(blob)).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> down.put(blob, BYTES)).isInstanceOf(StoreException.class);
  }

  @Test
  void settingsThatDoNotFitAreRefused() {
    S3BlobStore.Builder builder = S3BlobStore.builder(server.client(), S3Server.BUCKET);

    assertThatThrownBy(() -> builder.prefix("w7s"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a text without a slash at its end");
    assertThatThrownBy(() -> builder.expiry(Duration.ofDays(2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at least PT48H35S");
  }
}
