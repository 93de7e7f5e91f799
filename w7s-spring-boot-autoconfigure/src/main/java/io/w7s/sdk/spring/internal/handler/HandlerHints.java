package io.w7s.sdk.spring.internal.handler;

import io.w7s.sdk.rpc.RpcReply;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.ReflectiveProcessor;
import org.springframework.core.ResolvableType;

/** In a native image, lets a handler be called, and its bodies be read and written as JSON. */
public final class HandlerHints implements ReflectiveProcessor {

  /** For Spring, which creates it by reflection. */
  public HandlerHints() {}

  @Override
  public void registerReflectionHints(ReflectionHints hints, AnnotatedElement element) {
    if (element instanceof Method method) {
      hints.registerMethod(method, ExecutableMode.INVOKE);
      List<Type> bodies = new ArrayList<>();
      for (Type parameter : method.getGenericParameterTypes()) {
        addBodies(bodies, parameter);
      }
      addBodies(bodies, method.getGenericReturnType());
      new BindingReflectionHintsRegistrar()
          .registerReflectionHints(hints, bodies.toArray(new Type[0]));
    }
  }

  private static void addBodies(List<Type> bodies, Type type) {
    Class<?> raw = ResolvableType.forType(type).toClass();
    if (!HandlerRegistrar.WRAPPERS.contains(raw) && raw != RpcReply.class) {
      if (raw != void.class) {
        bodies.add(type);
      }
    } else if (type instanceof ParameterizedType parameterized) {
      bodies.addAll(List.of(parameterized.getActualTypeArguments()));
    }
  }
}
