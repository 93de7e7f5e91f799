package io.w7s.sdk.store.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.store.ChildJvm;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.StoreSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that sends large messages is killed. Whenever that is, each message that was sent finds
 * its body, and what was stored for no message is swept. {@code -Dw7s.senderKills=100} kills more
 * often than the build does.
 */
class KilledSenderTest {

  private static final int KILLS = Integer.getInteger("w7s.senderKills", 5);

  @TempDir private Path directory;

  private final Random random = new Random(20_260_525);

  private Path sent() {
    return directory.resolve("sent");
  }

  private Path files() {
    return directory.resolve("blobs");
  }

  /** Time that is later than that of the store by a little more than the expiry. */
  private static VirtualTime afterTheExpiry() {
    return new VirtualTime(Instant.now().plus(BlobStore.DEFAULT_EXPIRY).plusSeconds(60), 1);
  }

  @Test
  void aBodyWithoutAMessageIsSweptFromFiles() throws Exception {
    BlobStore store = FileBlobStore.of(files());

    orphanIsSwept(
        files().toString(), store, FileBlobStore.builder(files()).time(afterTheExpiry()).build());
  }

  @Test
  void aBodyWithoutAMessageIsSweptFromADatabase() throws Exception {
    try (var postgres = Databases.startPostgres();
        var pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"))) {
      StoreSchema.migrate(pool);

      orphanIsSwept(
          pool.getJdbcUrl(),
          JdbcBlobStore.of(pool),
          JdbcBlobStore.builder(pool).time(afterTheExpiry()).build());
    }
  }

  /** Kills a process between the two steps of a send. */
  private void orphanIsSwept(String where, BlobStore now, BlobStore later) throws Exception {
    Process process = ChildJvm.start(SenderProcess.class, where, sent().toString(), "true");
    BlobRef orphan;
    try {
      String[] parts = line(process).split(" ", -1);
      orphan = new BlobRef(parts[0], Integer.parseInt(parts[1]), parts[2]);
    } finally {
      process.destroyForcibly().waitFor();
    }

    assertThat(sent()).isEmptyFile();
    assertThat(now.get(orphan)).hasValueSatisfying(b -> assertThat(orphan.matches(b)).isTrue());
    assertThat(now.sweep()).isZero();
    assertThat(later.sweep()).isEqualTo(1);
    assertThat(now.get(orphan)).isEmpty();
  }

  @Test
  void eachMessageFindsItsBodyInFiles() throws Exception {
    kill(files().toString());

    assertThatAllAreReadable(FileBlobStore.of(files()));
    FileBlobStore.builder(files()).time(afterTheExpiry()).build().sweep();
    try (Stream<Path> all = Files.walk(files())) {
      assertThat(all.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void eachMessageFindsItsBodyInADatabase() throws Exception {
    try (var postgres = Databases.startPostgres();
        var pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"))) {
      StoreSchema.migrate(pool);
      kill(pool.getJdbcUrl());

      assertThatAllAreReadable(JdbcBlobStore.of(pool));
    }
  }

  /** Kills one process after another, each at a random moment. */
  private void kill(String where) throws Exception {
    for (int i = 0; i < KILLS; i++) {
      Process process = ChildJvm.start(SenderProcess.class, where, sent().toString(), "false");
      try {
        assertThat(line(process)).isEqualTo("begins");
        process.waitFor(200 + random.nextInt(1_000), TimeUnit.MILLISECONDS);
        assertThat(process.isAlive()).isTrue();
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static String line(Process process) throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    assertThat(line).as("the first line of the process").isNotNull();
    return line;
  }

  private void assertThatAllAreReadable(BlobStore store) throws IOException {
    List<String> bodies = new ArrayList<>(Files.readAllLines(sent()));
    var texts = new ArrayList<String>();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .blobs(store)
            .on(SenderProcess.TEXTS, message -> texts.add(message.body().substring(0, 9)))
            .build();

    assertThat(bodies).isNotEmpty();
    for (String body : bodies) {
      String delivery =
          "{\"queue\":\"texts\",\"messages\":[{\"id\":\"m1\",\"attempts\":1,\"body\":"
              + body
              + "}]}";
      assertThat(
              app.handle(
                      new AppRequest(
                          "POST",
                          "/_w7s/queues/texts",
                          "",
                          Headers.none(),
                          delivery.getBytes(StandardCharsets.UTF_8)))
                  .status())
          .isEqualTo(200);
    }
    assertThat(texts).hasSize(bodies.size()).allMatch(text -> text.startsWith("message "));
  }
}
