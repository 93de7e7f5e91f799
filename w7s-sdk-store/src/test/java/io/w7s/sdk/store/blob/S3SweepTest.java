package io.w7s.sdk.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Sweeps of a bucket in which an object is locked, which no server of the tests can do. */
class S3SweepTest {

  private static final byte[] BYTES = {'1'};

  private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
  private final Bucket bucket = new Bucket();
  private final S3BlobStore store =
      S3BlobStore.builder(bucket, "acme").prefix("w7s/").time(time).build();

  /** Refuses to delete what begins with 0. */
  private final class Bucket implements S3Client {

    private final TreeMap<String, Instant> objects = new TreeMap<>();

    @Override
    public PutObjectResponse putObject(PutObjectRequest put, RequestBody body) {
      objects.put(put.key(), time.now());
      return PutObjectResponse.builder().checksumSHA256(put.checksumSHA256()).build();
    }

    @Override
    public ListObjectsV2Response listObjectsV2(ListObjectsV2Request list) {
      var behind = list.startAfter() == null ? objects : objects.tailMap(list.startAfter(), false);
      return ListObjectsV2Response.builder()
          .contents(
              behind.entrySet().stream()
                  .limit(list.maxKeys())
                  .map(e -> S3Object.builder().key(e.getKey()).lastModified(e.getValue()).build())
                  .toList())
          .isTruncated(behind.size() > list.maxKeys())
          .build();
    }

    @Override
    public DeleteObjectResponse deleteObject(DeleteObjectRequest delete) {
      if (delete.key().startsWith("w7s/0")) {
        throw SdkClientException.create("the object is locked");
      }
      objects.remove(delete.key());
      return DeleteObjectResponse.builder().build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private void put(String start) {
    store.put(
        BlobRef.of(start + UUID.randomUUID().toString().substring(start.length()), BYTES), BYTES);
  }

  @Test
  void aBlobThatCannotBeDeletedDoesNotKeepOthersFromIt() {
    put("0");
    for (int i = 0; i < 1_500; i++) {
      put("a");
    }
    time.advance(Duration.ofDays(9));

    assertThatThrownBy(store::sweep)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("delete old blobs in bucket acme")
        .hasRootCauseMessage("the object is locked");

    assertThat(bucket.objects.size()).isOne();
  }

  @Test
  void whileBlobsAreStoredOneThatCannotBeDeletedDoesNotKeepOthersFromIt() {
    put("0");
    for (int i = 0; i < 150; i++) {
      put("a");
    }
    time.advance(Duration.ofDays(9));
    for (int i = 0; i < 2; i++) {
      time.advance(Duration.ofMinutes(2));
      put("f");
    }

    assertThat(bucket.objects.keySet()).filteredOn(key -> key.startsWith("w7s/a")).isEmpty();
  }
}
