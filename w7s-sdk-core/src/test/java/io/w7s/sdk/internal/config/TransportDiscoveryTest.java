package io.w7s.sdk.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.text.ClassLoaders;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class TransportDiscoveryTest {

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(TransportDiscovery.class);

  private static final URL CORE =
      TransportProvider.class.getProtectionDomain().getCodeSource().getLocation();

  @TempDir Path folder;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<FolderLoader> loaders = new ArrayList<>();

  @BeforeEach
  void listen() {
    log.start();
    LOGGER.addAppender(log);
  }

  @AfterEach
  void stopListening() throws IOException {
    LOGGER.detachAppender(log);
    for (FolderLoader loader : loaders) {
      loader.close();
    }
  }

  @Test
  void theOneProviderOfTheModeIsFoundAmongThoseOfOthers() throws IOException {
    var loader = loaderWith(Memory.class, Local.class);

    assertThat(TransportDiscovery.find(config(Mode.MEMORY), List.of(loader)))
        .isInstanceOf(Memory.class);
    assertThat(TransportDiscovery.find(config(Mode.LOCAL), List.of(loader)))
        .isInstanceOf(Local.class);
  }

  @Test
  void theProviderIsLookedForWhereTheThreadLooksForClasses() throws IOException {
    var thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loaderWith(Hosted.class));
    try {
      W7sConfig config = config(Mode.HOSTED);

      assertThat(TransportDiscovery.find(config).create(config, TimeSource.system()))
          .isEqualTo(new MadeTransport(config, TimeSource.system()));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HOSTED, mode hosted, io.w7s:w7s-sdk-hosted",
    "LOCAL, mode local, io.w7s:w7s-sdk-local",
    "MEMORY, mode memory, io.w7s:w7s-sdk-testing"
  })
  void withoutAProviderTheErrorNamesModeAndArtifact(Mode mode, String named, String artifact)
      throws IOException {
    var none = loaderWith();

    assertThatThrownBy(() -> TransportDiscovery.find(config(mode), List.of(none)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "No transport for %s (explicit setting): add %s to the class path.", named, artifact);
    assertThat(log.list).isEmpty();
  }

  @Test
  void withProvidersOfOtherModesOnlyTheErrorNamesThem() throws IOException {
    var loader = loaderWith(Local.class);

    assertThatThrownBy(() -> TransportDiscovery.find(config(Mode.MEMORY), List.of(loader)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageEndingWith("There is only " + Local.class.getName() + " (local).");
  }

  @Test
  void twoProvidersOfTheModeAreRefusedByName() throws IOException {
    var loader = loaderWith(Memory.class, OtherMemory.class);

    assertThatThrownBy(() -> TransportDiscovery.find(config(Mode.MEMORY), List.of(loader)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(Memory.class.getName())
        .hasMessageContaining(OtherMemory.class.getName());
    assertThat(log.list).isEmpty();
  }

  @Test
  void twoProvidersSeenByTwoLoadersAreRefusedToo() throws IOException {
    var loaders = List.<ClassLoader>of(loaderWith(Memory.class), loaderWith(OtherMemory.class));

    assertThatThrownBy(() -> TransportDiscovery.find(config(Mode.MEMORY), loaders))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(Memory.class.getName())
        .hasMessageContaining(OtherMemory.class.getName());
  }

  @Test
  void aProviderSeenByTwoLoadersCountsOnce() throws IOException {
    var loaders = List.<ClassLoader>of(loaderWith(Memory.class), loaderWith(Memory.class));

    assertThat(TransportDiscovery.find(config(Mode.MEMORY), loaders)).isInstanceOf(Memory.class);
  }

  @Test
  void loaderWithItsOwnCopyOfTheSdkIsLeftOut() throws IOException {
    try (URLClassLoader copy = loaderOfACopy()) {
      var loaders = List.<ClassLoader>of(copy, loaderWith(Memory.class));

      assertThat(TransportDiscovery.find(config(Mode.MEMORY), loaders)).isInstanceOf(Memory.class);
    }
  }

  @Test
  void transportOfAnotherCopyOfTheSdkIsRefusedWithBothLoaders() throws IOException {
    try (URLClassLoader copy = loaderOfACopy()) {
      var loaders = List.<ClassLoader>of(copy, loaderWith(Local.class));

      assertThatThrownBy(() -> TransportDiscovery.find(config(Mode.MEMORY), loaders))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("No transport for mode memory (explicit setting): add io.w7s:")
          .hasMessageContaining("The class loader " + copy + " was left out")
          .hasMessageContaining(CORE.toString())
          .hasMessageContaining("loaded by " + TransportProvider.class.getClassLoader())
          .hasNoCause();
    }
  }

  @Test
  void loaderThatDoesNotSeeTheSdkIsLeftOut() throws IOException {
    try (var blind = new URLClassLoader(new URL[] {services(Memory.class.getName())}, null)) {
      var loaders = List.<ClassLoader>of(blind, loaderWith(Memory.class));

      assertThat(TransportDiscovery.find(config(Mode.MEMORY), loaders)).isInstanceOf(Memory.class);
    }
  }

  @Test
  void theContextClassLoaderComesFirstAndMayBeMissing() {
    var thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader own = TransportDiscovery.class.getClassLoader();
    var context = new ClassLoader(own) {};
    try {
      thread.setContextClassLoader(context);
      assertThat(ClassLoaders.contextThenOwn()).containsExactly(context, own);

      thread.setContextClassLoader(own);
      assertThat(ClassLoaders.contextThenOwn()).containsExactly(own);

      thread.setContextClassLoader(null);
      assertThat(ClassLoaders.contextThenOwn()).containsExactly(own);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void aProviderWhoseConstructorThrowsIsNamedWithTheCause() throws IOException {
    var loader = loaderWith(Broken.class);

    assertThatThrownBy(() -> TransportDiscovery.find(config(Mode.MEMORY), List.of(loader)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(Broken.class.getName())
        .hasRootCauseMessage("broken on purpose");
  }

  @Test
  void aProviderThatMissesAClassAtRunTimeIsNamedWithTheCause() throws IOException {
    var loader = loaderWith(Unlinked.class);

    assertThatThrownBy(() -> TransportDiscovery.find(config(Mode.MEMORY), List.of(loader)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(Unlinked.class.getName())
        .hasRootCauseInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void aProviderThatCannotBeLinkedIsReportedWithTheMissingClass() throws IOException {
    var loader = loaderNaming(FolderLoader.UNLINKABLE);

    assertThatThrownBy(() -> TransportDiscovery.find(config(Mode.MEMORY), List.of(loader)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("com/example/Base")
        .hasCauseInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void aProviderThatIsNotThereIsNamed() throws IOException {
    var loader = loaderNaming("com.example.Gone");

    assertThatThrownBy(() -> TransportDiscovery.find(config(Mode.MEMORY), List.of(loader)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("com.example.Gone")
        .hasCauseInstanceOf(ServiceConfigurationError.class);
  }

  @Test
  void theChoiceIsOneLineThatTellsWhyAndHoldsNoToken() throws IOException {
    TransportDiscovery.find(config(Mode.HOSTED), List.of(loaderWith(Hosted.class)));

    assertThat(log.list)
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getLevel()).isEqualTo(Level.INFO);
              assertThat(line.getFormattedMessage())
                  .isEqualTo(
                      "Mode hosted (explicit setting): %s carries the calls of acme/caller in"
                          + " production",
                      Hosted.class.getName());
            });
  }

  private static W7sConfig config(Mode mode) {
    return W7sConfig.builder()
        .mode(mode)
        .app("acme/caller")
        .token(Token.RPC, "canary")
        .token(Token.QUEUE, "canary")
        .token(Token.WORKFLOW, "canary")
        .build();
  }

  private FolderLoader loaderWith(Class<?>... providers) throws IOException {
    return loaderNaming(Stream.of(providers).map(Class::getName).toArray(String[]::new));
  }

  private FolderLoader loaderNaming(String... providers) throws IOException {
    var loader = new FolderLoader(services(providers));
    loaders.add(loader);
    return loader;
  }

  /** Returns a loader that has all that is needed for Memory, and nothing in common with us. */
  private URLClassLoader loaderOfACopy() throws IOException {
    URL tests = TransportDiscoveryTest.class.getProtectionDomain().getCodeSource().getLocation();
    return new URLClassLoader(new URL[] {services(Memory.class.getName()), CORE, tests}, null);
  }

  private URL services(String... providers) throws IOException {
    Path entry = Files.createTempDirectory(folder, "entry");
    Path services = Files.createDirectories(entry.resolve("META-INF/services"));
    Files.write(services.resolve(TransportProvider.class.getName()), List.of(providers));
    return entry.toUri().toURL();
  }

  /** Takes classes from the tests and resources from its folder alone. */
  private static final class FolderLoader extends URLClassLoader {

    /** Stands for a class whose superclass is not there. */
    static final String UNLINKABLE = "com.example.Unlinkable";

    FolderLoader(URL folder) {
      super(new URL[] {folder}, TransportDiscoveryTest.class.getClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.equals(UNLINKABLE)) {
        throw new NoClassDefFoundError("com/example/Base");
      }
      return super.findClass(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return findResources(name);
    }
  }

  /** A transport that only remembers what it was made of. */
  private record MadeTransport(W7sConfig config, TimeSource time) implements Transport {

    @Override
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  /** A provider of the mode that it is given. */
  public abstract static class Provider implements TransportProvider {

    private final Mode mode;

    Provider(Mode mode) {
      this.mode = mode;
    }

    @Override
    public Mode mode() {
      return mode;
    }

    @Override
    public Transport create(W7sConfig config, TimeSource time) {
      return new MadeTransport(config, time);
    }
  }

  public static final class Memory extends Provider {
    public Memory() {
      super(Mode.MEMORY);
    }
  }

  public static final class OtherMemory extends Provider {
    public OtherMemory() {
      super(Mode.MEMORY);
    }
  }

  public static final class Local extends Provider {
    public Local() {
      super(Mode.LOCAL);
    }
  }

  public static final class Hosted extends Provider {
    public Hosted() {
      super(Mode.HOSTED);
    }
  }

  public static final class Broken extends Provider {
    public Broken() {
      super(Mode.MEMORY);
      throw new IllegalStateException("broken on purpose");
    }
  }

  public static final class Unlinked extends Provider {
    public Unlinked() {
      super(Mode.MEMORY);
      throw new NoClassDefFoundError("com/example/Missing");
    }
  }
}
