package io.w7s.sdk.store.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.HandlerInterceptor;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.BlobReadException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.UnreadableMessage;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.blob.FileBlobStore;
import io.w7s.sdk.store.blob.JdbcBlobStore;
import io.w7s.sdk.store.blob.R2BlobStore;
import io.w7s.sdk.store.blob.S3BlobStore;
import io.w7s.sdk.testing.InMemoryW7s;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** docs/blobs.md shows code that compiles and runs, and no other. */
class BlobsGuideTest {

  record Report(String text) {}

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Report> REPORTS = WORKER.queue("reports", Report.class);
  private static final SubjectRef<Report> REPORT_WRITTEN =
      SubjectRef.of("reports.written", Report.class);
  private static final ScheduleRef NIGHTLY = ScheduleRef.of("0 3 * * *", "/_w7s/schedules/nightly");
  private static final Report LARGE = new Report("all of it ".repeat(100_000));

  private final List<Report> printed = new ArrayList<>();
  private final List<Report> archived = new ArrayList<>();
  private final InMemoryW7s memory = InMemoryW7s.create();

  @Test
  void showsWhatIsCompiledAndNoOtherJava() throws IOException {
    Path code = Path.of("src/test/java/io/w7s/sdk/store/guide/BlobsGuideTest.java");

    assertThat(Guide.shown(Path.of("../docs/blobs.md")))
        .containsExactlyInAnyOrderElementsOf(Guide.compiled(code));
  }

  @Test
  void aReportOfAnySizeIsPrinted(@TempDir Path temp) {
    String directory = temp.toString();
    // [app]
    BlobStore blobs = FileBlobStore.of(Path.of(directory));

    W7sApp worker =
        W7sApp.builder(WORKER)
            .blobs(blobs)
            .on(REPORTS, message -> print(message.body()))
            .on(REPORT_WRITTEN, "events", event -> archive(event.data()))
            .build();
    // [app]
    memory.deploy(worker);
    memory.as("acme/shop"); // deploys a stand-in
    try (var current = memory.makeCurrent()) {
      send(config(), blobs, LARGE);
    }
    memory.runUntilIdle();

    assertThat(printed).containsExactly(LARGE);
    assertThat(archived).isEmpty();
  }

  private static W7sConfig config() {
    return W7sConfig.builder().mode(W7sConfig.Mode.MEMORY).app("acme/shop").build();
  }

  private static void send(W7sConfig config, BlobStore blobs, Report report) {
    // [send]
    W7s w7s = W7s.builder(config).blobs(blobs).build();
    w7s.queues().send(REPORTS, report); // of any size
    // [send]
  }

  @Test
  void blobsAreKeptInADatabase() {
    try (var dataSource = new HikariDataSource()) {
      dataSource.setJdbcUrl("jdbc:h2:mem:blobs-guide");
      // [jdbc]
      StoreSchema.migrate(dataSource);
      BlobStore blobs = JdbcBlobStore.of(dataSource);
      // [jdbc]
      assertThat(blobs.sweep()).isZero();
    }
  }

  /** R2BlobStoreTest in w7s-bridge-tests runs it behind a bridge. */
  @Test
  void blobsAreKeptInABucketOfTheApp() {
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/shop")
            .bridgeUrl(URI.create("https://shop.example"))
            .bridgeSecrets(SigningSecrets.of(SigningSecrets.generate()))
            .build();
    // [bridge]
    Bridge bridge = Bridge.of(config);
    BlobStore blobs = R2BlobStore.of(bridge, "FILES");
    // [bridge]
    assertThat(blobs.maxBytes()).isEqualTo(10 * 1024 * 1024);
    bridge.close();
  }

  /** S3BlobStoreTest runs it against a server. */
  @Test
  void blobsAreKeptInABucket() {
    URI endpoint = URI.create("https://account.r2.example.com");
    AwsCredentialsProvider credentials = AnonymousCredentialsProvider.create();
    // [bucket]
    S3Client s3 =
        S3Client.builder()
            .endpointOverride(endpoint) // for another service than Amazon's
            .region(Region.of("auto"))
            .credentialsProvider(credentials)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    BlobStore blobs = S3BlobStore.of(s3, "acme-messages");
    // [bucket]
    assertThat(blobs.expiry()).isEqualTo(BlobStore.DEFAULT_EXPIRY);
    s3.close();
  }

  @Test
  void aTestUsesAStoreInMemory() {
    // [test]
    BlobStore blobs = BlobStore.inMemory();
    W7s shop = memory.connect("acme/shop").blobs(blobs).build();
    // [test]
    var deleted = new AtomicInteger();
    memory.deploy(
        W7sApp.builder(WORKER)
            .blobs(blobs)
            .on(REPORTS, message -> print(message.body()))
            // [sweep]
            .on(NIGHTLY, run -> deleted.addAndGet(blobs.sweep()))
            // [sweep]
            .build());

    shop.queues().send(REPORTS, LARGE);
    memory.runUntilIdle();

    assertThat(printed).containsExactly(LARGE);
    assertThat(deleted).hasValue(0);
  }

  @Test
  void anInterceptorSeesWhichBlobCannotBeRead() {
    var unavailable = new ArrayList<String>();
    HandlerInterceptor interceptor =
        invocation -> {
          if (invocation.input() instanceof UnreadableMessage message) {
            // [unreadable]
            if (message.failure() instanceof BlobReadException blob && blob.retryable()) {
              unavailable.add(blob.blobId());
            }
            // [unreadable]
          }
          invocation.proceed();
        };
    memory.deploy(
        W7sApp.builder(WORKER)
            .blobs(BlobStore.inMemory()) // another one than the sender's
            .intercept(interceptor)
            .on(REPORTS, message -> print(message.body()))
            .build());

    memory.connect("acme/shop").blobs(BlobStore.inMemory()).build().queues().send(REPORTS, LARGE);
    memory.runUntilIdle();

    assertThat(printed).isEmpty();
    assertThat(unavailable).hasSize(4).containsOnly(unavailable.get(0));
  }

  private void print(Report report) {
    printed.add(report);
  }

  private void archive(Report report) {
    archived.add(report);
  }
}
