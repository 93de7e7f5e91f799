package io.w7s.sdk;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Java type that outlives erasure, so that a codec knows what to read and write: {@code
 * TypeRef.of(Order.class)} for a plain class, and {@code new TypeRef<List<Order>>() {}} for a
 * generic one. Code that has found a type by reflection uses {@link #ofType}.
 *
 * <p>Immutable and thread-safe; equal to every other reference to the same type. Keep it in a
 * constant: building one uses reflection, and an anonymous one made inside an instance method also
 * holds on to that instance.
 *
 * @param <T> the type referred to
 */
public abstract class TypeRef<T extends @Nullable Object> {

  private final Type type;
  private final String name;

  /**
   * Captures the type argument of the anonymous subclass being made.
   *
   * @throws InvalidInputException when the argument is missing, or is or holds a type variable or a
   *     raw type; or when the subclass is not a direct one
   */
  protected TypeRef() {
    this.type = resolved(captured(getClass()));
    this.name = name(type);
  }

  private TypeRef(Type type) {
    this.type =
        resolved(
            type instanceof Class<?> plain
                ? MethodType.methodType(plain).wrap().returnType()
                : type);
    this.name = name(this.type);
  }

  /**
   * Returns the reference to a class. A primitive class stands for its wrapper, {@code void} for
   * {@link Void}.
   *
   * @param type a class without type parameters
   * @param <T> the type referred to
   * @return the reference
   * @throws InvalidInputException when the class has type parameters: {@code List.class} does not
   *     say of what
   */
  public static <T extends @Nullable Object> TypeRef<T> of(Class<T> type) {
    return new Plain<>(requireNonNull(type, "type"));
  }

  /**
   * Returns the reference to a type that was found by reflection, such as that of a parameter.
   *
   * @param type a type in which no type variable is left open. A primitive class stands for its
   *     wrapper, {@code void} for {@link Void}
   * @throws InvalidInputException when it is or holds a type variable or a raw type
   */
  public static TypeRef<?> ofType(Type type) {
    return new Plain<>(requireNonNull(type, "type"));
  }

  /**
   * {@return the type: classes, parameterised types, generic arrays and wildcards; never a type
   * variable}
   */
  public final Type type() {
    return type;
  }

  private static Type captured(Class<?> subclass) {
    if (subclass.getSuperclass() != TypeRef.class) {
      throw refused("a subclass of a subclass");
    }
    if (subclass.getGenericSuperclass() instanceof ParameterizedType parameterized) {
      return parameterized.getActualTypeArguments()[0];
    }
    throw refused("no type argument");
  }

  /** Returns the type once nothing in it is left open. */
  private static Type resolved(Type type) {
    if (type instanceof Class<?> plain) {
      Class<?> element = plain;
      while (element.isArray()) {
        element = element.getComponentType();
      }
      if (element.getTypeParameters().length > 0) {
        throw refused("the raw type " + name(element));
      }
    } else if (type instanceof ParameterizedType parameterized) {
      Arrays.stream(parameterized.getActualTypeArguments()).forEach(TypeRef::resolved);
    } else if (type instanceof GenericArrayType array) {
      resolved(array.getGenericComponentType());
    } else if (type instanceof WildcardType wildcard) {
      Arrays.stream(wildcard.getUpperBounds()).forEach(TypeRef::resolved);
      Arrays.stream(wildcard.getLowerBounds()).forEach(TypeRef::resolved);
    } else {
      throw refused("the type variable " + type.getTypeName());
    }
    return type;
  }

  private static InvalidInputException refused(String found) {
    return new InvalidInputException(
        "type", found, "TypeRef.of(Order.class) or, for generics, new TypeRef<List<Order>>() {}");
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other == this || (other instanceof TypeRef<?> ref && type.equals(ref.type));
  }

  @Override
  public final int hashCode() {
    return type.hashCode();
  }

  /**
   * Returns the type as source code would write it with imports, for example {@code
   * List<Shop.Order>}.
   */
  @Override
  public final String toString() {
    return name;
  }

  private static String name(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return name(parameterized.getRawType())
          + Arrays.stream(parameterized.getActualTypeArguments())
              .map(TypeRef::name)
              .collect(Collectors.joining(", ", "<", ">"));
    }
    if (type instanceof GenericArrayType array) {
      return name(array.getGenericComponentType()) + "[]";
    }
    if (type instanceof WildcardType wildcard) {
      if (wildcard.getLowerBounds().length > 0) {
        return "? super " + name(wildcard.getLowerBounds()[0]);
      }
      Type upper = wildcard.getUpperBounds()[0];
      return upper == Object.class ? "?" : "? extends " + name(upper);
    }
    if (type instanceof Class<?> plain && plain.isArray()) {
      return name(plain.getComponentType()) + "[]";
    }
    if (type instanceof Class<?> member && member.getDeclaringClass() != null) {
      return name(member.getDeclaringClass()) + "." + member.getSimpleName();
    }
    return type instanceof Class<?> plain ? plain.getSimpleName() : type.getTypeName();
  }

  private static final class Plain<T extends @Nullable Object> extends TypeRef<T> {
    Plain(Type type) {
      super(type);
    }
  }
}
