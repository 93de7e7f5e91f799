package io.w7s.sdk.json;

import io.w7s.sdk.TypeRef;
import java.lang.reflect.Type;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What a codec prepares once for each type. It lives and dies with its codec, so it outlives no
 * class loader that the codec's own mapper does not; and it stops growing where types are made at
 * run time. Thread-safe.
 */
final class TypeCache<V> {

  private static final int LIMIT = 1000;

  // By type, not by reference: an anonymous reference may hold on to the object it was made in.
  private final ConcurrentHashMap<Type, V> prepared = new ConcurrentHashMap<>();
  private final Function<Type, V> prepare;

  TypeCache(Function<Type, V> prepare) {
    this.prepare = prepare;
  }

  V get(TypeRef<?> type) {
    V known = prepared.get(type.type());
    if (known != null) {
      return known;
    }
    V made = prepare.apply(type.type());
    if (prepared.size() < LIMIT) {
      prepared.put(type.type(), made);
    }
    return made;
  }
}
