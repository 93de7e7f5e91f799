package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.SafeText;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the steps that {@link Steps#all} runs side by side. Immutable. Its result is found with
 * this object, so keep it.
 *
 * @param <T> the type of the result
 */
public final class Branch<T extends @Nullable Object> {

  private final String name;
  private final TypeRef<T> type;
  private final StepOptions options;
  private final Callable<? extends T> action;

  private Branch(
      String name, TypeRef<T> type, Consumer<StepOptions> options, Callable<? extends T> action) {
    if (name.isEmpty() || name.indexOf('/') >= 0) {
      throw new InvalidInputException(
          "branch name",
          "\"" + SafeText.of(name) + "\"",
          "text without a slash, at least 1 character");
    }
    this.name = name;
    this.type = requireNonNull(type, "type");
    this.options = new StepOptions();
    requireNonNull(options, "options").accept(this.options);
    this.action = requireNonNull(action, "action");
  }

  /** Returns a branch with the default options. */
  public static <T> Branch<T> of(String name, Class<T> type, Callable<? extends T> action) {
    return of(name, TypeRef.of(type), options -> {}, action);
  }

  /** Returns a branch. */
  public static <T> Branch<T> of(
      String name, Class<T> type, Consumer<StepOptions> options, Callable<? extends T> action) {
    return of(name, TypeRef.of(type), options, action);
  }

  /**
   * Returns a branch.
   *
   * @param name the name, which no other branch of its group has; without slashes
   * @param type the type of the result
   * @param options changes the default options
   * @param action what is done, on any thread; otherwise as that of {@link Steps#run(String,
   *     TypeRef, Consumer, Callable)}
   */
  public static <T> Branch<T> of(
      String name, TypeRef<T> type, Consumer<StepOptions> options, Callable<? extends T> action) {
    return new Branch<>(name, type, options, action);
  }

  /** Returns a branch without a result, with the default options. */
  public static Branch<@Nullable Void> of(String name, StepAction action) {
    return of(name, options -> {}, action);
  }

  /** Returns a branch without a result. */
  public static Branch<@Nullable Void> of(
      String name, Consumer<StepOptions> options, StepAction action) {
    requireNonNull(action, "action");
    return new Branch<@Nullable Void>(
        name,
        TypeRef.of(Void.class),
        options,
        () -> {
          action.run();
          return null;
        });
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns the type of the result. */
  public TypeRef<T> type() {
    return type;
  }

  /** Returns the options; leave them as they are. */
  public StepOptions options() {
    return options;
  }

  /** Returns the action. */
  public Callable<? extends T> action() {
    return action;
  }

  /** Returns the name. */
  @Override
  public String toString() {
    return name;
  }
}
