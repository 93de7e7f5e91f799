package io.w7s.sdk.deploy;

import io.w7s.sdk.app.W7sApp;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the app in a class: a static method without parameters, or a static field. */
final class AppFinder {

  private AppFinder() {}

  /**
   * Returns the app.
   *
   * @param name a class, and a method or field of it after a {@code #} where it has several
   */
  static W7sApp find(String name) {
    String[] parts = name.split("#", 2);
    Class<?> type = load(parts[0]);
    List<Member> found =
        Stream.<Member>concat(
                Arrays.stream(type.getDeclaredMethods())
                    .filter(method -> method.getParameterCount() == 0)
                    .filter(method -> method.getReturnType() == W7sApp.class),
                Arrays.stream(type.getDeclaredFields())
                    .filter(field -> field.getType() == W7sApp.class))
            .filter(member -> Modifier.isStatic(member.getModifiers()) && !member.isSynthetic())
            .filter(member -> parts.length == 1 || member.getName().equals(parts[1]))
            .toList();
    if (found.size() != 1) {
      throw new DeployException(
          name
              + (found.isEmpty()
                  ? " has no static method without parameters, and no static field, that is a W7sApp"
                  : " has several apps: "
                      + found.stream().map(Member::getName).sorted().toList()
                      + "; add # and the name of one"));
    }
    return get(name, found.get(0));
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, true, Thread.currentThread().getContextClassLoader());
    } catch (ClassNotFoundException e) {
      throw new DeployException(
          "there is no class " + name + "; is it on the class path, and written with its package?");
    } catch (ExceptionInInitializerError e) {
      throw new DeployException(name + " cannot be loaded: " + e.getCause());
    } catch (LinkageError e) {
      throw new DeployException(name + " cannot be loaded: " + e);
    }
  }

  private static W7sApp get(String name, Member member) {
    try {
      ((AccessibleObject) member).setAccessible(true);
      Object app =
          member instanceof Method method ? method.invoke(null) : ((Field) member).get(null);
      if (app == null) {
        throw new DeployException(name + " is null");
      }
      return (W7sApp) app;
    } catch (InvocationTargetException e) {
      throw new DeployException(name + " failed: " + cause(e));
    } catch (IllegalAccessException | RuntimeException | LinkageError e) {
      throw e instanceof DeployException refused
          ? refused
          : new DeployException(name + " cannot be read: " + e);
    }
  }

  private static @Nullable Throwable cause(InvocationTargetException e) {
    return e.getCause();
  }
}
