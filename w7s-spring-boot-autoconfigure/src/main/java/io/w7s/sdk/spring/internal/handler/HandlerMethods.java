package io.w7s.sdk.spring.internal.handler;

import io.w7s.sdk.spring.EventHandler;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.RpcHandler;
import io.w7s.sdk.spring.ScheduleHandler;
import io.w7s.sdk.spring.WorkflowHandler;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;

/** Finds the annotated methods of all beans. No bean is created for it. */
final class HandlerMethods {

  private static final List<Class<? extends Annotation>> ANNOTATIONS =
      List.of(
          QueueHandler.class,
          EventHandler.class,
          WorkflowHandler.class,
          ScheduleHandler.class,
          RpcHandler.class);

  private static final Logger log = LoggerFactory.getLogger(HandlerMethods.class);

  private HandlerMethods() {}

  /** Returns the methods in the order of their beans. */
  static List<HandlerMethod> find(ConfigurableListableBeanFactory beans) {
    var found = new ArrayList<HandlerMethod>();
    for (String bean : beans.getBeanNamesForType(Object.class, true, false)) {
      Class<?> type = type(beans, bean);
      if (type != null && !type.getName().startsWith("org.springframework.")) {
        add(beans, bean, type, found);
      }
    }
    return found;
  }

  /** Returns the class behind the proxies of a bean; null when nobody knows, or for a target. */
  private static @Nullable Class<?> type(ConfigurableListableBeanFactory beans, String bean) {
    if (ScopedProxyUtils.isScopedTarget(bean)) {
      return null; // found by its proxy, which takes the instance of the scope
    }
    Object there = beans.containsSingleton(bean) ? beans.getSingleton(bean) : null;
    if (there != null && AopUtils.isAopProxy(there)) {
      return AopProxyUtils.ultimateTargetClass(there);
    }
    Class<?> type = AutoProxyUtils.determineTargetClass(beans, bean);
    String target = ScopedProxyUtils.getTargetBeanName(bean);
    boolean scoped =
        type != null && (ScopedObject.class.isAssignableFrom(type) || beans.containsBean(target));
    return scoped ? AutoProxyUtils.determineTargetClass(beans, target) : type;
  }

  /**
   * Returns whether a class has such methods, also one that refers to a class that is not there.
   */
  static boolean areIn(Class<?> type) {
    try {
      return !select(type).isEmpty();
    } catch (IllegalStateException | LinkageError unreadable) {
      return areInFileOf(type);
    }
  }

  private static void add(
      ConfigurableListableBeanFactory beans,
      String bean,
      Class<?> type,
      List<HandlerMethod> found) {
    try {
      select(type)
          .forEach(
              (method, annotations) ->
                  annotations.forEach(
                      each -> found.add(new HandlerMethod(beans, bean, type, method, each))));
    } catch (IllegalStateException | LinkageError unreadable) {
      if (areInFileOf(type)) {
        throw new InvalidHandlerException(
            ("The handlers of the bean '%s' cannot be found: its class %s needs one that is not"
                    + " there, %s.")
                .formatted(
                    bean, type.getName(), NestedExceptionUtils.getMostSpecificCause(unreadable)),
            "Add the class to the class path, or move the handlers to a bean that does not need"
                + " it.",
            unreadable);
      }
      log.debug("the bean '{}' has no handlers as far as its class can be read", bean, unreadable);
    }
  }

  private static Map<Method, List<Annotation>> select(Class<?> type) {
    if (hierarchy(type).stream().noneMatch(HandlerMethods::areDeclaredIn)) {
      return Map.of(); // as in most classes; to look at the hierarchy of each method takes long
    }
    return MethodIntrospector.selectMethods(
        type,
        (Method method) -> {
          List<Annotation> found = new ArrayList<>();
          for (Class<? extends Annotation> annotation : ANNOTATIONS) {
            Annotation merged = AnnotatedElementUtils.findMergedAnnotation(method, annotation);
            if (merged != null) {
              found.add(merged);
            }
          }
          return found.isEmpty() ? null : found;
        });
  }

  private static boolean areDeclaredIn(Class<?> type) {
    for (Method method : type.getDeclaredMethods()) {
      if (method.getDeclaredAnnotations().length > 0
          && MergedAnnotations.from(method).stream()
              .anyMatch(annotation -> ANNOTATIONS.contains(annotation.getType()))) {
        return true;
      }
    }
    return false;
  }

  /** Reads what reflection cannot: a file names classes without loading them. */
  private static boolean areInFileOf(Class<?> type) {
    var files = new SimpleMetadataReaderFactory(type.getClassLoader());
    return hierarchy(type).stream().anyMatch(each -> areInFile(files, each));
  }

  /** Returns a class and all that it extends and implements, but not those of the JDK. */
  private static Set<Class<?>> hierarchy(Class<?> type) {
    Set<Class<?>> hierarchy = new LinkedHashSet<>();
    addHierarchy(hierarchy, type);
    return hierarchy;
  }

  private static void addHierarchy(Set<Class<?>> hierarchy, @Nullable Class<?> type) {
    if (type != null && !type.getName().startsWith("java.") && hierarchy.add(type)) {
      addHierarchy(hierarchy, type.getSuperclass());
      for (Class<?> each : type.getInterfaces()) {
        addHierarchy(hierarchy, each);
      }
    }
  }

  private static boolean areInFile(MetadataReaderFactory files, Class<?> type) {
    try {
      AnnotationMetadata file = files.getMetadataReader(type.getName()).getAnnotationMetadata();
      return ANNOTATIONS.stream().anyMatch(each -> file.hasAnnotatedMethods(each.getName()));
    } catch (IOException noFile) {
      return false; // a class that was generated
    }
  }
}
