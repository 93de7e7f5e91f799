package io.w7s.sdk.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.error.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import org.junit.jupiter.api.Test;

/** What {@link EmulatorServer} says when {@code w7s-sdk-local} is not on the class path. */
class EmulatorServerDependencyTest {

  private final ClassLoader withoutLocal = new WithoutLocal();

  @Test
  void withoutLocalEachStartNamesTheDependencyToAdd() throws Exception {
    Class<?> server = withoutLocal.loadClass(EmulatorServer.class.getName());
    Platform platform = InMemoryW7s.create().platform();
    AppHandler app = request -> null;

    assertNamesTheDependency(server, "start", Platform.class, platform);
    assertNamesTheDependency(server, "serving", AppHandler.class, app);
    assertNamesTheDependency(server, "start", Platform.class, platform); // a second time, too
  }

  private static void assertNamesTheDependency(
      Class<?> server, String method, Class<?> parameter, Object argument) {
    assertThatThrownBy(() -> call(server, method, parameter, argument))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "EmulatorServer needs w7s-sdk-local, and cannot load io/w7s/sdk/local")
        .hasMessageContaining("Add the dependency io.w7s:w7s-sdk-local with scope test.")
        .hasCauseInstanceOf(NoClassDefFoundError.class);
  }

  private static void call(Class<?> server, String method, Class<?> parameter, Object argument)
      throws Throwable {
    try {
      server.getMethod(method, parameter).invoke(null, argument);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void otherPartsOfTheKitNeedNoLocal() throws Exception {
    Class<?> memory = withoutLocal.loadClass(InMemoryW7s.class.getName());

    Object w7s = memory.getMethod("create").invoke(null);

    assertThat(w7s).hasToString("InMemoryW7s[2026-01-01T00:00:00Z, 0 deployments]");
    assertThat(w7s.getClass()).isNotEqualTo(InMemoryW7s.class);
  }

  /** Loads the kit anew, does not find {@code w7s-sdk-local}, and shares all other classes. */
  private static final class WithoutLocal extends ClassLoader {

    WithoutLocal() {
      super(EmulatorServer.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (name.startsWith("io.w7s.sdk.local.")) {
          throw new ClassNotFoundException(name);
        }
        if (!name.startsWith("io.w7s.sdk.testing.")) {
          return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? define(name) : loaded;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = file.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
