package io.w7s.sdk.spring.internal.handler;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.lang.reflect.UndeclaredThrowableException;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.GenericTypeResolver;
import org.springframework.util.ReflectionUtils;

/** A method of a bean that handles something. Thread-safe. */
final class HandlerMethod {

  /** What is called on beans of a class: for a proxy, the method of the interface. */
  private record Target(Class<?> type, Method method) {}

  private final ConfigurableListableBeanFactory beans;
  private final String bean;
  private final Class<?> type;
  private final Method method;
  private final Annotation annotation;
  private volatile @Nullable Target target;

  /**
   * Creates one.
   *
   * @param type the class of the bean behind its proxies
   * @param annotation with what composed annotations set
   */
  HandlerMethod(
      ConfigurableListableBeanFactory beans,
      String bean,
      Class<?> type,
      Method method,
      Annotation annotation) {
    this.beans = beans;
    this.bean = bean;
    this.type = type;
    this.method = method;
    this.annotation = annotation;
  }

  String bean() {
    return bean;
  }

  Annotation annotation() {
    return annotation;
  }

  String name() {
    return method.getName();
  }

  /** Returns the types of the parameters, with the type variables of superclasses resolved. */
  Type[] parameters() {
    Type[] types = method.getGenericParameterTypes();
    for (int i = 0; i < types.length; i++) {
      types[i] = GenericTypeResolver.resolveType(types[i], type);
    }
    return types;
  }

  /** Returns what it returns, resolved in the same way. */
  Type result() {
    return GenericTypeResolver.resolveType(method.getGenericReturnType(), type);
  }

  /** Returns a text of an annotation with its placeholders filled in. */
  String resolved(String text) {
    String resolved = beans.resolveEmbeddedValue(text);
    return resolved == null ? "" : resolved;
  }

  /**
   * Checks that the bean can be called, as far as it is there already.
   *
   * @throws InvalidHandlerException when its proxy does not have the method
   */
  void check() {
    if (beans.containsSingleton(bean)) {
      try {
        target(beans.getBean(bean).getClass());
      } catch (IllegalStateException notInProxy) {
        throw new InvalidHandlerException(
            this + " cannot be called: " + notInProxy.getMessage(),
            "Declare the method, with its annotation, in an interface of the bean, or let Spring"
                + " make proxies of classes: spring.aop.proxy-target-class=true.",
            notInProxy);
      }
    }
  }

  /** Calls the method of the bean, which is taken from the context each time. */
  @Nullable Object invoke(@Nullable Object... arguments) throws Exception {
    Object instance = beans.getBean(bean);
    try {
      return target(instance.getClass()).invoke(instance, arguments);
    } catch (InvocationTargetException thrown) {
      Throwable cause = thrown.getTargetException();
      if (cause instanceof Exception exception) {
        throw exception;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new UndeclaredThrowableException(cause);
    }
  }

  private Method target(Class<?> instance) {
    Target known = target;
    if (known == null || known.type() != instance) {
      Method selected = AopUtils.selectInvocableMethod(method, instance);
      ReflectionUtils.makeAccessible(selected);
      known = new Target(instance, selected);
      target = known;
    }
    return known.method();
  }

  /** Returns whether the other is the same method of the same bean. */
  boolean isSame(HandlerMethod other) {
    return bean.equals(other.bean) && method.equals(other.method);
  }

  /** Returns the annotation, the method and the bean. */
  @Override
  public String toString() {
    return "@%s %s.%s of the bean '%s'"
        .formatted(
            annotation.annotationType().getSimpleName(), type.getName(), method.getName(), bean);
  }
}
