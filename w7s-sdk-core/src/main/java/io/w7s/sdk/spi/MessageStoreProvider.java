package io.w7s.sdk.spi;

import java.nio.file.Path;

/**
 * Opens a store that keeps messages in a file. Found by {@link java.util.ServiceLoader} where
 * {@code w7s.local.store} is set; the SDK's own provider is in {@code io.w7s:w7s-sdk-store}.
 */
public interface MessageStoreProvider {

  /**
   * Opens the store in a file, and makes it when there is none. Whoever calls this closes it.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when the file cannot be used; it names the file
   *     and the reason
   */
  MessageStore open(Path file);
}
