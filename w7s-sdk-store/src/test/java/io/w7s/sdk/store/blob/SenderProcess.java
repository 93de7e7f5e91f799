package io.w7s.sdk.store.blob;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.store.Databases;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** The process that {@link KilledSenderTest} kills: sends large messages without end. */
final class SenderProcess {

  static final QueueRef<String> TEXTS = AppRef.of("acme/worker").queue("texts", String.class);

  /** What a platform would keep: the bodies of the messages, a line for each. */
  private record Platform(FileChannel lines) implements Transport {

    @Override
    @SuppressWarnings("unchecked") // the result of a QueueSend is a SendReceipt
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      var send = (QueueSend) operation;
      byte[] line = new byte[send.body().length + 1];
      System.arraycopy(send.body(), 0, line, 0, send.body().length);
      line[send.body().length] = '\n';
      try {
        lines.write(ByteBuffer.wrap(line));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      return (Outcome<R>) Outcome.success(new SendReceipt(send.app(), send.queue(), Instant.EPOCH));
    }

    @Override
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  /** A store that says when a blob is stored, and then never comes back. */
  private record Stuck(BlobStore store) implements BlobStore {

    @Override
    public void put(BlobRef blob, byte[] bytes) {
      store.put(blob, bytes);
      System.out.println(blob.id() + " " + blob.size() + " " + blob.sha256());
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Optional<byte[]> get(BlobRef blob) {
      return store.get(blob);
    }

    @Override
    public Duration expiry() {
      return store.expiry();
    }

    @Override
    public int sweep() {
      return store.sweep();
    }
  }

  private SenderProcess() {}

  /**
   * Takes the directory or the JDBC URL of the store, the file for the lines, and whether to stop
   * when the first body is stored. Writes a line when it begins.
   */
  public static void main(String[] args) throws IOException {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    BlobStore store =
        args[0].startsWith("jdbc:")
            ? JdbcBlobStore.of(Databases.pool(args[0]))
            : FileBlobStore.of(Path.of(args[0]));
    boolean stuck = Boolean.parseBoolean(args[2]);
    try (FileChannel lines =
        FileChannel.open(Path.of(args[1]), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      W7s w7s =
          W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
              .transport(new Platform(lines))
              .blobs(stuck ? new Stuck(store) : store)
              .build();
      if (!stuck) {
        System.out.println("begins");
      }
      for (int i = 0; ; i++) {
        w7s.queues().send(TEXTS, ("message " + i + " ").repeat(50_000 + i % 50_000));
      }
    }
  }
}
