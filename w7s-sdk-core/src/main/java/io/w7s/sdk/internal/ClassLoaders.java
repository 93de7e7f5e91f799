package io.w7s.sdk.internal;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Where to look for what an application brings along. */
final class ClassLoaders {

  private ClassLoaders() {}

  /** Returns the thread's context class loader, where it has one, and the SDK's own. */
  static List<ClassLoader> contextThenOwn() {
    return Stream.of(
            Thread.currentThread().getContextClassLoader(), ClassLoaders.class.getClassLoader())
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }
}
