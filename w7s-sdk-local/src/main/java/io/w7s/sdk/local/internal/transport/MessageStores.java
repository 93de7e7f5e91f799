package io.w7s.sdk.local.internal.transport;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.config.Setting;
import io.w7s.sdk.internal.text.ClassLoaders;
import io.w7s.sdk.spi.MessageStore;
import io.w7s.sdk.spi.MessageStoreProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds the one provider of message stores. It never chooses between two. */
public final class MessageStores {

  private MessageStores() {}

  /**
   * Opens the store of a configuration, {@link MessageStore#NONE} when it has none.
   *
   * @throws ConfigurationException when there is no provider or more than one, or the file cannot
   *     be used
   */
  public static MessageStore open(W7sConfig config) {
    Path file = config.localStore().orElse(null);
    return file == null ? MessageStore.NONE : provider().open(file);
  }

  private static MessageStoreProvider provider() {
    Map<String, MessageStoreProvider> found = load();
    if (found.isEmpty()) {
      throw new ConfigurationException(
          "%s is set, but nothing keeps messages in a file: add io.w7s:w7s-sdk-store and org.xerial:sqlite-jdbc to the class path, or remove the setting."
              .formatted(Setting.LOCAL_STORE));
    }
    if (found.size() > 1) {
      throw new ConfigurationException(
          "%s is set, and more than one provider keeps messages in a file: %s. Keep one of them on the class path."
              .formatted(Setting.LOCAL_STORE, String.join(" and ", found.keySet())));
    }
    return found.values().iterator().next();
  }

  // By name, because a class loader may have its own copy of a provider that its parent has too.
  private static Map<String, MessageStoreProvider> load() {
    var found = new TreeMap<String, MessageStoreProvider>();
    for (ClassLoader loader : ClassLoaders.contextThenOwn()) {
      try {
        ServiceLoader.load(MessageStoreProvider.class, loader)
            .forEach(provider -> found.putIfAbsent(provider.getClass().getName(), provider));
      } catch (ServiceConfigurationError | LinkageError e) {
        throw new ConfigurationException("Cannot load what keeps messages in a file: " + e, e);
      }
    }
    return found;
  }
}
