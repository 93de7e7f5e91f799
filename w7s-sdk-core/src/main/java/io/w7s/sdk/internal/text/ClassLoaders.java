package io.w7s.sdk.internal.text;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Where to look for what an application brings along. */
public final class ClassLoaders {

  private ClassLoaders() {}

  /** Returns the thread's context class loader, where it has one, and the SDK's own. */
  public static List<ClassLoader> contextThenOwn() {
    return Stream.of(
            Thread.currentThread().getContextClassLoader(), ClassLoaders.class.getClassLoader())
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }
}
