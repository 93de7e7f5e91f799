package io.w7s.sdk.store.local;

import io.w7s.sdk.spi.MessageStore;
import io.w7s.sdk.spi.MessageStoreProvider;
import java.nio.file.Path;

/** Opens a {@link SqliteMessageStore} where the setting {@code w7s.local.store} names a file. */
public final class SqliteMessageStoreProvider implements MessageStoreProvider {

  /** Called by {@link java.util.ServiceLoader}. */
  public SqliteMessageStoreProvider() {}

  @Override
  public MessageStore open(Path file) {
    return SqliteMessageStore.open(file);
  }
}
