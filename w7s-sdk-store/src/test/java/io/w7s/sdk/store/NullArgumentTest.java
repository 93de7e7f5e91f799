package io.w7s.sdk.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.fixtures.NullArguments;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.store.blob.FileBlobStore;
import io.w7s.sdk.store.blob.JdbcBlobStore;
import io.w7s.sdk.store.blob.R2BlobStore;
import io.w7s.sdk.store.blob.S3BlobStore;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.LatestState;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.keyvalue.D1KeyValueStore;
import io.w7s.sdk.store.keyvalue.JdbcKeyValueStore;
import io.w7s.sdk.store.local.SqliteMessageStore;
import io.w7s.sdk.testing.InMemoryW7s;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;

class NullArgumentTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        StoreSchema.class,
        JdbcProcessedMessages.class,
        JdbcParkedMessages.class,
        JdbcDeliveredEvents.class,
        JdbcBlobStore.class,
        FileBlobStore.class,
        EventStore.class,
        Outbox.class,
        SqliteMessageStore.class
      })
  void nullIsRefusedByName(Class<?> type) {
    NullArguments.areRefused(type);
  }

  private static Bridge bridge() {
    return Bridge.of(
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/shop")
            .bridgeUrl(URI.create("http://127.0.0.1:1"))
            .bridgeSecrets(SigningSecrets.of(SigningSecrets.generate()))
            .build());
  }

  @Test
  void nullIsRefusedByNameInBuilders(@TempDir Path folder) throws Exception {
    DataSource database = Databases.sqlite();
    StoreSchema.migrate(database);
    EventStore events = EventStore.of(database);
    assertThat(
            List.of(
                JdbcProcessedMessages.builder(database),
                JdbcDeliveredEvents.builder(database),
                JdbcBlobStore.builder(database),
                FileBlobStore.builder(folder),
                EventStore.builder(database),
                R2BlobStore.builder(bridge(), "FILES"),
                D1KeyValueStore.builder(bridge(), "DB", "values", TypeRef.of(String.class)),
                S3BlobStore.builder(
                    Databases.proxy(S3Client.class, (proxy, method, arguments) -> null), "bucket"),
                Outbox.builder(events, InMemoryW7s.create().as("acme/shop")),
                EventQuery.all(),
                JdbcKeyValueStore.builder(database, "values", TypeRef.of(String.class)),
                LatestState.builder(events, "orders", String.class)))
        .allSatisfy(NullArguments::areRefused);
  }
}
