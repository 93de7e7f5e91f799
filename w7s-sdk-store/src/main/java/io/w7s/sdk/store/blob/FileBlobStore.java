package io.w7s.sdk.store.blob;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.internal.PeriodicPurge;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps blobs as files in a directory, which all processes that use it share. Thread-safe.
 *
 * <pre>{@code
 * var blobs = FileBlobStore.of(Path.of("/var/lib/acme/blobs"));
 * }</pre>
 *
 * <p>A blob is written to a file of its own, forced to the disk, and then moved to its name in one
 * step. So a process that is killed at any moment leaves a whole blob or none, and at most an
 * unfinished file, which is deleted after a day. On a file system that cannot move a file in one
 * step, {@link #put} throws.
 *
 * <p>Times are those of the machine's clock. Where several machines share the directory, their
 * clocks may differ by less than a day.
 *
 * <p>A directory that is created here can be used by its owner only. To share it between users of
 * the operating system, create it beforehand.
 */
public final class FileBlobStore implements BlobStore {

  private static final String UNFINISHED = "unfinished";

  /** Nobody takes that long to write a file. */
  private static final Duration UNFINISHED_FOR = Duration.ofDays(1);

  /** Blobs are in as many directories, named by the first two characters of their ids. */
  private static final int DIRECTORIES = 256;

  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

  private final Path directory;
  private final Duration expiry;
  private final TimeSource time;
  private final PeriodicPurge periodicPurge;
  private final AtomicInteger nextSwept = new AtomicInteger();

  private FileBlobStore(Builder builder) {
    directory = builder.directory.toAbsolutePath();
    expiry = builder.expiry;
    time = builder.time;
    periodicPurge = new PeriodicPurge(time, "blobs", this::sweepSome);
    try {
      create(directory);
      create(directory.resolve(UNFINISHED));
    } catch (IOException e) {
      throw new StoreException("create the directory of blobs " + directory, e);
    }
  }

  private static void create(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    Files.createDirectories(path, ownerOnly);
  }

  /**
   * Returns a store that keeps blobs for 8 days. The directory is created if it is not there.
   *
   * @throws StoreException when it cannot be created
   */
  public static FileBlobStore of(Path directory) {
    return builder(directory).build();
  }

  /** Begins a store. */
  public static Builder builder(Path directory) {
    return new Builder(directory);
  }

  /** Sets up a store. Not thread-safe. */
  public static final class Builder {

    private final Path directory;
    private Duration expiry = DEFAULT_EXPIRY;
    private TimeSource time = TimeSource.system();

    private Builder(Path directory) {
      this.directory = requireNonNull(directory, "directory");
    }

    /**
     * Sets how long a blob is kept. Default 8 days.
     *
     * @throws InvalidInputException when it is shorter than {@link BlobStore#SHORTEST_EXPIRY}
     */
    public Builder expiry(Duration expiry) {
      requireNonNull(expiry, "expiry");
      this.expiry = BlobStore.requireExpiry(expiry);
      return this;
    }

    /** Sets the clock, for tests. Default: the system's. */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Returns the store.
     *
     * @throws StoreException when the directory is not there and cannot be created
     */
    public FileBlobStore build() {
      return new FileBlobStore(this);
    }
  }

  @Override
  public void put(BlobRef blob, byte[] bytes) {
    Path file = file(blob);
    Path folder = requireNonNull(file.getParent(), "folder");
    try {
      createOne(folder);
      Path unfinished = directory.resolve(UNFINISHED).resolve(UUID.randomUUID().toString());
      try {
        write(unfinished, bytes);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(unfinished); // there no more, unless it failed
      }
      force(folder);
    } catch (IOException e) {
      throw new StoreException("store a blob in " + directory, e);
    }
    periodicPurge.nowAndThen();
  }

  private Path file(BlobRef blob) {
    return directory.resolve(blob.id().substring(0, 2)).resolve(blob.id());
  }

  /** Not with its parents: if the directory of the store is gone, something is wrong. */
  private void createOne(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      try {
        Files.createDirectory(path);
      } catch (FileAlreadyExistsException another) {
        return;
      }
      force(directory);
    }
  }

  private void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      Files.setLastModifiedTime(file, FileTime.from(time.now()));
      channel.force(true);
    }
  }

  /** Forces the name of a new file to the disk, where the system can do that. */
  private static void force(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  @Override
  public Optional<byte[]> get(BlobRef blob) {
    try (InputStream in = Files.newInputStream(file(blob))) {
      return Optional.of(in.readNBytes(Math.min(blob.size(), maxBytes()) + 1));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StoreException("read a blob in " + directory, e);
    }
  }

  @Override
  public Duration expiry() {
    return expiry;
  }

  @Override
  public int sweep() {
    return sweep(IntStream.range(0, DIRECTORIES));
  }

  /** Sweeps one of the directories, each time another one. The next one can wait. */
  private boolean sweepSome() {
    sweep(IntStream.of(Math.floorMod(nextSwept.getAndIncrement(), DIRECTORIES)));
    return false;
  }

  private int sweep(IntStream directories) {
    var sweep = new Sweep();
    sweep.deleteOlder(directory.resolve(UNFINISHED), UNFINISHED_FOR);
    directories.forEach(
        number -> sweep.deleteOlder(directory.resolve("%02x".formatted(number)), expiry));
    return sweep.result();
  }

  /** What cannot be deleted keeps nothing else from it, or the disk would fill up. */
  private final class Sweep {

    private int deleted;
    private @Nullable Exception failure;

    void deleteOlder(Path from, Duration age) {
      Instant before = time.now().minus(age);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
        for (Path file : files) {
          delete(file, before);
        }
      } catch (NoSuchFileException none) {
        return;
      } catch (IOException | DirectoryIteratorException e) {
        failed(e);
      }
    }

    private void delete(Path file, Instant before) {
      try {
        if (isOlder(file, before) && Files.deleteIfExists(file)) {
          deleted++;
        }
      } catch (IOException e) {
        failed(e);
      }
    }

    /** Keeps the first failure. */
    private void failed(Exception e) {
      failure = failure == null ? e : failure;
    }

    int result() {
      if (failure != null) {
        throw new StoreException("delete old blobs in " + directory, failure);
      }
      return deleted;
    }
  }

  /** Returns whether a file is one of this store and old. Others are none of its business. */
  private static boolean isOlder(Path file, Instant before) throws IOException {
    if (!ID.matcher(file.getFileName().toString()).matches()) {
      return false;
    }
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isRegularFile()
          && attributes.lastModifiedTime().toInstant().isBefore(before);
    } catch (NoSuchFileException sweptByAnother) {
      return false;
    }
  }
}
