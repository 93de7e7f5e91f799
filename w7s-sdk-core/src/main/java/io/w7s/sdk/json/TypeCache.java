package io.w7s.sdk.json;

import io.w7s.sdk.TypeRef;
import java.lang.reflect.Type;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What a codec prepares once for each type. A cache lives as long as its codec, so it keeps no
 * class loader alive that the codec's own mapper does not keep alive. It stops growing at a limit,
 * for programs that make types at run time. Thread-safe.
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
