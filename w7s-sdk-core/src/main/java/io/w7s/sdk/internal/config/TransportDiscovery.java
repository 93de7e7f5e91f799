package io.w7s.sdk.internal.config;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.text.ClassLoaders;
import io.w7s.sdk.spi.TransportProvider;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the one provider of the configured mode. It never picks one of two. */
public final class TransportDiscovery {

  private static final Logger log = LoggerFactory.getLogger(TransportDiscovery.class);

  private TransportDiscovery() {}

  /**
   * Returns the provider of the configured mode, and logs the choice.
   *
   * @throws ConfigurationException when no provider, or more than one, serves the mode, or one of
   *     any mode cannot be loaded
   */
  public static TransportProvider find(W7sConfig config) {
    return find(config, ClassLoaders.contextThenOwn());
  }

  static TransportProvider find(W7sConfig config, List<ClassLoader> loaders) {
    Mode mode = config.mode();
    Collection<TransportProvider> all = load(loaders);
    List<TransportProvider> serving = all.stream().filter(each -> each.mode() == mode).toList();
    if (serving.isEmpty()) {
      throw new ConfigurationException(
          "No transport for mode %s (%s): add io.w7s:%s to the class path.%s"
              .formatted(mode.word(), config.modeOrigin(), artifact(mode), others(all)));
    }
    if (serving.size() > 1) {
      throw new ConfigurationException(
          "More than one transport for mode %s: %s. Keep one of them on the class path."
              .formatted(mode.word(), names(serving)));
    }
    TransportProvider found = serving.get(0);
    log.info(
        "Mode {} ({}): {} carries the calls of {} in {}",
        mode.word(),
        config.modeOrigin(),
        found.getClass().getName(),
        config.app(),
        config.environment());
    return found;
  }

  // By name, because a class loader may hand out its own copy of what its parent has, too.
  private static Collection<TransportProvider> load(List<ClassLoader> loaders) {
    Map<String, TransportProvider> providers = new LinkedHashMap<>();
    for (ClassLoader loader : loaders) {
      var names = ServiceLoader.load(TransportProvider.class, loader).stream().iterator();
      try {
        while (names.hasNext()) {
          var next = names.next();
          if (!providers.containsKey(next.type().getName())) {
            providers.put(next.type().getName(), instance(next));
          }
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        throw new ConfigurationException("Cannot load a transport: " + e, e);
      }
    }
    return providers.values();
  }

  private static TransportProvider instance(ServiceLoader.Provider<TransportProvider> provider) {
    try {
      return provider.get();
    } catch (ServiceConfigurationError e) {
      throw new ConfigurationException("Cannot load the transport " + provider.type().getName(), e);
    }
  }

  private static String artifact(Mode mode) {
    return switch (mode) {
      case HOSTED -> "w7s-sdk-hosted";
      case LOCAL -> "w7s-sdk-local";
      case MEMORY -> "w7s-sdk-testing";
    };
  }

  private static String others(Collection<TransportProvider> providers) {
    return providers.isEmpty() ? "" : " There is only " + names(providers) + ".";
  }

  private static String names(Collection<TransportProvider> providers) {
    return providers.stream()
        .map(each -> each.getClass().getName() + " (" + each.mode().word() + ")")
        .sorted()
        .collect(Collectors.joining(" and "));
  }
}
