package io.w7s.sdk.spring.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.autoconfigure.Failures;
import io.w7s.sdk.spring.autoconfigure.W7sAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sConsumerAutoConfiguration;
import io.w7s.sdk.spring.internal.handler.AnnotatedHandlers;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.support.GenericApplicationContext;

/** Beans of classes whose methods name a class that is not there: an optional library. */
class UnreadableClassTest {

  static class Library {}

  static class UsesLibrary {
    Library use(Library library) {
      return library;
    }
  }

  public interface Jobs {
    @QueueHandler("jobs")
    void run(String job);
  }

  public interface AllJobs extends Jobs {}

  static class UsesLibraryAndHandles implements AllJobs {
    void use(Library library) {}

    @Override
    public void run(String job) {}
  }

  /** Does not have the library. */
  private static final class WithoutLibrary extends ClassLoader {

    WithoutLibrary() {
      super(UnreadableClassTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.equals(Library.class.getName())) {
        throw new ClassNotFoundException(name);
      }
      boolean own = name.startsWith(UsesLibrary.class.getName());
      Class<?> known = own ? findLoadedClass(name) : super.loadClass(name, resolve);
      return known == null ? define(name) : known;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = file.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  private static Class<?> withoutLibrary(Class<?> type) {
    try {
      Class<?> loaded = new WithoutLibrary().loadClass(type.getName());
      assertThatThrownBy(loaded::getDeclaredMethods).isInstanceOf(NoClassDefFoundError.class);
      return loaded;
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ApplicationContextRunner withLazyBean(Class<?> type) {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(W7sAutoConfiguration.class, W7sConsumerAutoConfiguration.class))
        .withPropertyValues("w7s.app=acme/shop", "w7s.mode=local", "w7s.consumers.path=")
        .withInitializer(
            context ->
                ((GenericApplicationContext) context)
                    .registerBeanDefinition(
                        "optional",
                        BeanDefinitionBuilder.rootBeanDefinition(type)
                            .setLazyInit(true)
                            .getBeanDefinition()));
  }

  @Test
  void aBeanWithoutHandlersIsPassedOver() {
    withLazyBean(withoutLibrary(UsesLibrary.class))
        .withBean(UsesLibraryAndHandles.class)
        .run(
            started ->
                assertThat(started.getBean(W7sApp.class).routes())
                    .extracting(route -> route.name())
                    .isEqualTo(List.of("jobs")));
  }

  @Test
  void aBeanWithHandlersFailsTheStart() {
    withLazyBean(withoutLibrary(UsesLibraryAndHandles.class))
        .run(
            started ->
                assertThat(Failures.of(started).getDescription())
                    .contains("handlers of the bean 'optional'", Library.class.getName()));
  }

  @Test
  void theSliceFindsHandlersInTheFileOfTheClass() {
    assertThat(AnnotatedHandlers.declaredBy(withoutLibrary(UsesLibrary.class))).isFalse();
    assertThat(AnnotatedHandlers.declaredBy(withoutLibrary(UsesLibraryAndHandles.class))).isTrue();
  }
}
