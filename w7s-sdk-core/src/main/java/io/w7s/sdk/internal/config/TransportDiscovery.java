package io.w7s.sdk.internal.config;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.text.ClassLoaders;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.spi.TransportProvider;
import java.security.CodeSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the one provider of the configured mode. It never chooses between two. */
public final class TransportDiscovery {

  private static final Logger log = LoggerFactory.getLogger(TransportDiscovery.class);
  private static final Class<?> SDK = TransportProvider.class;

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
    List<ClassLoader> usable = loaders.stream().filter(each -> sdkOf(each) == SDK).toList();
    Collection<TransportProvider> all = load(usable);
    List<TransportProvider> serving = all.stream().filter(each -> each.mode() == mode).toList();
    if (serving.isEmpty()) {
      throw new ConfigurationException(
          "No transport for mode %s (%s): %s%s%s"
              .formatted(
                  mode.word(),
                  config.modeOrigin(),
                  remedy(mode, usable),
                  others(all),
                  otherCopies(loaders)));
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

  // By name, because a class loader may have its own copy of a provider that its parent has too.
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

  private static String remedy(Mode mode, List<ClassLoader> loaders) {
    String provider =
        switch (mode) {
          case HOSTED -> "io.w7s.sdk.hosted.HostedTransportProvider";
          case LOCAL -> "io.w7s.sdk.local.LocalTransportProvider";
          case MEMORY -> "io.w7s.sdk.testing.MemoryTransportProvider";
        };
    for (ClassLoader loader : loaders) {
      Class<?> unlisted = findClass(provider, loader);
      if (unlisted != null) {
        return """
        %s is in %s, but no file META-INF/services/%s names it. Where jars are merged into one, \
        their service files have to be merged too: use the ServicesResourceTransformer of the \
        Maven Shade plugin, or mergeServiceFiles() of Gradle's Shadow plugin. Or hand a transport \
        to W7s.builder(config).transport(...).\
        """
            .formatted(provider, location(unlisted), SDK.getName());
      }
    }
    return "add io.w7s:%s to the class path."
        .formatted(
            switch (mode) {
              case HOSTED -> "w7s-sdk-hosted";
              case LOCAL -> "w7s-sdk-local";
              case MEMORY -> "w7s-sdk-testing";
            });
  }

  /** Says of each class loader that has a copy of the SDK for itself why it was left out. */
  private static String otherCopies(List<ClassLoader> loaders) {
    var text = new StringBuilder();
    for (ClassLoader loader : loaders) {
      Class<?> copy = sdkOf(loader);
      if (copy != null && copy != SDK) {
        text.append(
            """
             The class loader %s was left out, because it has another copy of the SDK (in %s) than \
            the one that is called (in %s, loaded by %s): have the SDK and its transports loaded \
            by one class loader.\
            """
                .formatted(
                    shown(loader), location(copy), location(SDK), shown(SDK.getClassLoader())));
      }
    }
    return text.toString();
  }

  /** Returns what a class loader takes for {@link TransportProvider}; null when it has none. */
  private static @Nullable Class<?> sdkOf(ClassLoader loader) {
    return findClass(SDK.getName(), loader);
  }

  private static @Nullable Class<?> findClass(String name, ClassLoader loader) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError notThere) {
      return null;
    }
  }

  private static String shown(@Nullable ClassLoader loader) {
    return SafeText.of(String.valueOf(loader));
  }

  private static String location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null ? "an unknown place" : String.valueOf(source.getLocation());
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
