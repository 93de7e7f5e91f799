package io.w7s.sdk.spring.internal.handler;

import io.w7s.sdk.spring.EventHandler;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.RpcHandler;
import io.w7s.sdk.spring.ScheduleHandler;
import io.w7s.sdk.spring.WorkflowHandler;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/** Finds the annotated methods of all beans. No bean is created for it. */
final class HandlerMethods {

  private static final List<Class<? extends Annotation>> ANNOTATIONS =
      List.of(
          QueueHandler.class,
          EventHandler.class,
          WorkflowHandler.class,
          ScheduleHandler.class,
          RpcHandler.class);

  private HandlerMethods() {}

  /** Returns the methods in the order of their beans. */
  static List<HandlerMethod> find(ConfigurableListableBeanFactory beans) {
    var found = new ArrayList<HandlerMethod>();
    for (String bean : beans.getBeanNamesForType(Object.class, true, false)) {
      Class<?> type = type(beans, bean);
      if (type != null
          && !type.getName().startsWith("org.springframework.")
          && AnnotationUtils.isCandidateClass(type, ANNOTATIONS)) {
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

  /** Returns whether a class has such methods. */
  static boolean areIn(Class<?> type) {
    return AnnotationUtils.isCandidateClass(type, ANNOTATIONS)
        && ANNOTATIONS.stream().anyMatch(annotation -> !select(type, annotation).isEmpty());
  }

  private static void add(
      ConfigurableListableBeanFactory beans,
      String bean,
      Class<?> type,
      List<HandlerMethod> found) {
    for (Class<? extends Annotation> annotation : ANNOTATIONS) {
      select(type, annotation)
          .forEach(
              (method, merged) -> found.add(new HandlerMethod(beans, bean, type, method, merged)));
    }
  }

  private static Map<Method, Annotation> select(
      Class<?> type, Class<? extends Annotation> annotation) {
    return MethodIntrospector.selectMethods(
        type, (Method method) -> AnnotatedElementUtils.findMergedAnnotation(method, annotation));
  }
}
