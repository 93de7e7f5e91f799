package io.w7s.sdk.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.TypeRef;
import java.lang.reflect.Array;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeCacheTest {

  private final List<Type> prepared = new ArrayList<>();
  private final TypeCache<String> perType =
      new TypeCache<>(
          type -> {
            prepared.add(type);
            return type.getTypeName();
          });

  @Test
  void equalTypesArePreparedOnce() {
    assertThat(perType.get(new TypeRef<List<String>>() {}))
        .isSameAs(perType.get(new TypeRef<List<String>>() {}));
    assertThat(prepared).hasSize(1);
  }

  @Test
  void thousandTypesAreRememberedAndNoMore() {
    for (Class<?> element : List.of(int.class, long.class, String.class, Object.class)) {
      for (int dimensions = 1; dimensions <= 250; dimensions++) {
        perType.get(TypeRef.of(Array.newInstance(element, new int[dimensions]).getClass()));
      }
    }
    prepared.clear();
    perType.get(TypeRef.of(int[].class));
    assertThat(prepared).as("one of the thousand").isEmpty();

    perType.get(TypeRef.of(byte[].class));
    perType.get(TypeRef.of(byte[].class));
    assertThat(prepared).as("one more").hasSize(2);
  }
}
