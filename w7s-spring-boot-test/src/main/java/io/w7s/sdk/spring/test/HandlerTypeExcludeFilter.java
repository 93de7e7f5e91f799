package io.w7s.sdk.spring.test;

import io.w7s.sdk.spring.internal.handler.AnnotatedHandlers;
import java.io.IOException;
import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;

/**
 * Leaves out the components that {@link SpringW7sTest} does not list. Those that it includes by
 * their type are in the file {@code SpringW7sTest.includes}.
 */
final class HandlerTypeExcludeFilter
    extends StandardAnnotationCustomizableTypeExcludeFilter<SpringW7sTest> {

  private final ClassLoader loader;

  HandlerTypeExcludeFilter(Class<?> testClass) {
    super(testClass);
    loader = testClass.getClassLoader();
  }

  @Override
  protected boolean defaultInclude(MetadataReader reader, MetadataReaderFactory factory)
      throws IOException {
    return super.defaultInclude(reader, factory)
        || (reader.getAnnotationMetadata().isAnnotated(Component.class.getName())
            && hasHandlers(reader.getClassMetadata().getClassName()));
  }

  /** Loads the class, because a handler may be declared by an interface or a superclass. */
  private boolean hasHandlers(String component) {
    try {
      return AnnotatedHandlers.declaredBy(ClassUtils.forName(component, loader));
    } catch (ClassNotFoundException | LinkageError conditional) {
      return false; // on a class that is not there, and the application could not use it either
    }
  }
}
