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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest extends BlobStoreContract {

  private static final byte[] BYTES = "{\"n\":1}".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path temp;

  private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
  private Path directory;
  private FileBlobStore store;

  @BeforeEach
  void create() {
    directory = temp.resolve("acme").resolve("blobs");
    store = FileBlobStore.builder(directory).time(time).build();
  }

  @Override
  protected BlobStore store() {
    return store;
  }

  @Override
  protected void pass(Duration duration) {
    time.advance(duration);
  }

  private BlobRef put() {
    BlobRef blob = BlobRef.of(UUID.randomUUID().toString(), BYTES);
    store.put(blob, BYTES);
    return blob;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void aBlobIsAFileThatIsNamedByItsId() throws IOException {
    BlobRef blob = put();

    assertThat(files())
        .containsExactly(directory.resolve(blob.id().substring(0, 2)).resolve(blob.id()));
  }

  @Test
  void anotherStoreOfTheSameDirectoryReadsTheBlob() {
    BlobRef blob = put();

    assertThat(FileBlobStore.of(directory).get(blob)).contains(BYTES);
  }

  @Test
  void aFileThatWasNotFinishedIsDeletedAfterADay() throws IOException {
    Path unfinished = directory.resolve("unfinished").resolve(UUID.randomUUID().toString());
    Files.write(unfinished, BYTES);
    Files.setLastModifiedTime(unfinished, FileTime.from(time.now()));

    time.advance(Duration.ofHours(23));
    assertThat(store.sweep()).isZero();
    assertThat(unfinished).exists();
    time.advance(Duration.ofHours(2));
    assertThat(store.sweep()).isEqualTo(1);
    assertThat(unfinished).doesNotExist();
  }

  @Test
  void filesOfOthersAreLeftAlone() throws IOException {
    BlobRef blob = put();
    List<Path> others =
        List.of(
            directory.resolve("README"),
            directory.resolve(blob.id().substring(0, 2)).resolve("notes.txt"),
            directory.resolve(UUID.randomUUID().toString()));
    for (Path other : others) {
      Files.write(other, BYTES);
      Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
    }
    time.advance(Duration.ofDays(100));

    assertThat(store.sweep()).isEqualTo(1);

    assertThat(files()).containsExactlyInAnyOrderElementsOf(others);
  }

  @Test
  void itSweepsByItselfWhileBlobsAreStored() throws IOException {
    for (int i = 0; i < 20; i++) {
      put();
    }
    time.advance(Duration.ofDays(9));
    for (int i = 0; i < 257; i++) { // a directory with each of them
      time.advance(Duration.ofMinutes(2));
      put();
    }

    Instant old = time.now().minus(Duration.ofDays(8));
    assertThat(files())
        .hasSize(257)
        .allSatisfy(file -> assertThat(Files.getLastModifiedTime(file).toInstant()).isAfter(old));
  }

  @Test
  void whatCannotBeDeletedDoesNotKeepABlobFromBeingStored() throws IOException {
    put();
    time.advance(Duration.ofDays(9));
    Files.delete(directory.resolve("unfinished"));
    Files.writeString(directory.resolve("00"), "where a directory should be");
    Files.createDirectory(directory.resolve("unfinished"));
    time.advance(Duration.ofMinutes(2));

    // the sweep begins with directory 00
    BlobRef blob = BlobRef.of("11111111" + UUID.randomUUID().toString().substring(8), BYTES);
    store.put(blob, BYTES);

    assertThat(store.get(blob)).contains(BYTES);
    assertThatThrownBy(store::sweep).isInstanceOf(StoreException.class);
  }

  @Test
  void aDirectoryThatCannotBeSweptDoesNotKeepOthersFromIt() throws IOException {
    Path old = file("ff");
    time.advance(Duration.ofDays(9));
    Files.writeString(directory.resolve("00"), "where a directory should be");

    assertThatThrownBy(store::sweep)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("delete old blobs in " + directory);

    assertThat(old).doesNotExist();
  }

  @Test
  void unfinishedFilesThatCannotBeSweptDoNotKeepBlobsFromIt() throws IOException {
    Path old = file("00");
    time.advance(Duration.ofDays(9));
    Path unfinished = directory.resolve("unfinished");
    Files.delete(unfinished);
    Files.writeString(unfinished, "where a directory should be");

    assertThatThrownBy(store::sweep).isInstanceOf(StoreException.class);

    assertThat(old).doesNotExist();
  }

  /** Returns the file of a blob in a directory. */
  private Path file(String start) {
    String id = start + UUID.randomUUID().toString().substring(2);
    store.put(BlobRef.of(id, BYTES), BYTES);
    return directory.resolve(start).resolve(id);
  }

  /** Otherwise blobs would be written beside a file system that is not mounted. */
  @Test
  void aDirectoryThatIsGoneIsNotCreatedAgain() throws IOException {
    Files.delete(directory.resolve("unfinished"));
    Files.delete(directory);

    assertThatThrownBy(this::put)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("store a blob in " + directory);
    assertThat(directory).doesNotExist();
  }

  @Test
  void onlyItsOwnerMayLookIntoADirectoryThatItCreates() throws IOException {
    assumeTrue(
        directory.getFileSystem().supportedFileAttributeViews().contains("posix"),
        "the file system has no POSIX permissions");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }

  @Test
  void aDirectoryThatCannotBeCreatedIsRefused() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "no directory");

    assertThatThrownBy(() -> FileBlobStore.of(file.resolve("blobs")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("create the directory of blobs");
  }

  @Test
  void aShortExpiryIsRefused() {
    FileBlobStore.builder(directory).expiry(BlobStore.SHORTEST_EXPIRY);
    assertThatThrownBy(
            () -> FileBlobStore.builder(directory).expiry(BlobStore.SHORTEST_EXPIRY.minusMillis(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at least PT48H35S");
  }
}
