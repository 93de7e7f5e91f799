package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.w7s.sdk.error.InvalidInputException;
import java.lang.reflect.ParameterizedType;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TypeRefTest {

  record Order(String id) {}

  record Page<T>(List<T> rows) {}

  @Test
  void isTheTypeOfAClass() {
    assertThat(TypeRef.of(Order.class).type()).isEqualTo(Order.class);
  }

  @Test
  void capturesTheArgumentOfTheSubclass() {
    assertThat(new TypeRef<List<Order>>() {}.type())
        .isInstanceOfSatisfying(
            ParameterizedType.class,
            type -> {
              assertThat(type.getRawType()).isEqualTo(List.class);
              assertThat(type.getActualTypeArguments()).containsExactly(Order.class);
            });
  }

  @Test
  void isEqualWhetherCapturedOrNamed() {
    assertThat(new TypeRef<Order>() {})
        .isEqualTo(TypeRef.of(Order.class))
        .hasSameHashCodeAs(TypeRef.of(Order.class));
  }

  @Test
  void isEqualForEqualTypes() {
    assertThat(new TypeRef<Map<String, List<Order>>>() {})
        .isEqualTo(new TypeRef<Map<String, List<Order>>>() {})
        .hasSameHashCodeAs(new TypeRef<Map<String, List<Order>>>() {})
        .isNotEqualTo(new TypeRef<Map<String, List<String>>>() {})
        .isNotEqualTo(null);
  }

  @Test
  void replacesAPrimitiveByItsWrapper() {
    assertThat(TypeRef.of(int.class)).isEqualTo(TypeRef.of(Integer.class));
    assertThat(TypeRef.of(void.class)).isEqualTo(TypeRef.of(Void.class));
  }

  @Test
  void printsTheTypeAsSourceCodeDoes() {
    assertThat(TypeRef.of(String.class)).hasToString("String");
    assertThat(TypeRef.of(Order.class)).hasToString("TypeRefTest.Order");
    assertThat(TypeRef.of(byte[][].class)).hasToString("byte[][]");
    assertThat(new TypeRef<Map<String, List<Order>>>() {})
        .hasToString("Map<String, List<TypeRefTest.Order>>");
    assertThat(new TypeRef<Map.Entry<String, Page<Order>[]>>() {})
        .hasToString("Map.Entry<String, TypeRefTest.Page<TypeRefTest.Order>[]>");
    assertThat(new TypeRef<Map<?, List<? extends Order>>>() {})
        .hasToString("Map<?, List<? extends TypeRefTest.Order>>");
    assertThat(new TypeRef<List<? super Order>>() {})
        .hasToString("List<? super TypeRefTest.Order>");
  }

  @Test
  void printsTheSimpleNameOfALocalType() {
    record Local() {}
    assertThat(TypeRef.of(Local.class)).hasToString("Local");
  }

  @Test
  void isMadeOfATypeThatWasReflected() throws NoSuchMethodException {
    class Handler {
      @SuppressWarnings("unused") // by reflection
      void handle(List<String> texts, int number) {}
    }
    var types =
        Handler.class.getDeclaredMethod("handle", List.class, int.class).getGenericParameterTypes();

    assertThat(TypeRef.ofType(types[0])).isEqualTo(new TypeRef<List<String>>() {});
    assertThat(TypeRef.ofType(types[1])).isEqualTo(TypeRef.of(Integer.class));
    assertRefused("the raw type List", () -> TypeRef.ofType(List.class));
    assertRefused("the type variable E", () -> TypeRef.ofType(List.class.getTypeParameters()[0]));
  }

  @Test
  void refusesARawClass() {
    assertRefused("the raw type List", () -> TypeRef.of(List.class));
    assertRefused("the raw type TypeRefTest.Page", () -> TypeRef.of(Page[].class));
  }

  @Test
  @SuppressWarnings("rawtypes") // they are what is refused
  void refusesARawTypeArgument() {
    assertRefused("the raw type List", () -> new TypeRef<Map<String, List>>() {});
    assertRefused("the raw type List", () -> new TypeRef<Page<? extends List>>() {});
    assertRefused("the raw type List", () -> new TypeRef<Page<List>[]>() {});
  }

  @Test
  void refusesATypeVariable() {
    assertRefused("the type variable T", () -> captureOf(() -> new Order("1")));
  }

  private static <T> TypeRef<List<T>> captureOf(Supplier<T> unused) {
    return new TypeRef<>() {};
  }

  @Test
  @SuppressWarnings("rawtypes") // it is what is refused
  void refusesAMissingArgument() {
    assertRefused("no type argument", () -> new TypeRef() {});
  }

  private static class Named extends TypeRef<String> {}

  @Test
  void refusesASubclassOfASubclass() {
    assertThat(new Named()).isEqualTo(TypeRef.of(String.class));
    assertRefused("a subclass of a subclass", () -> new Named() {});
  }

  private static void assertRefused(String found, ThrowingCallable making) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(making)
        .withMessage(
            "type: found "
                + found
                + ", must be TypeRef.of(Order.class) or, for generics, new TypeRef<List<Order>>() {}");
  }
}
