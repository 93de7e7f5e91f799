package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.SafeText;
import java.util.Optional;
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
  private final @Nullable Compensation<T> compensation;

  /**
   * What undoes a branch.
   *
   * @param <T> the type of the branch's result
   * @param name the name of the step that undoes
   * @param options its options; leave them as they are
   * @param action undoes
   */
  public record Compensation<T extends @Nullable Object>(
      String name, StepOptions options, Undo<T> action) {}

  /**
   * Undoes a branch.
   *
   * @param <T> the type of the branch's result
   */
  @FunctionalInterface
  public interface Undo<T extends @Nullable Object> {

    /**
     * Undoes it.
     *
     * @param result the result of the branch, as it was read back from the log
     */
    void undo(T result) throws Exception;
  }

  private Branch(
      String name,
      TypeRef<T> type,
      StepOptions options,
      Callable<? extends T> action,
      @Nullable Compensation<T> compensation) {
    if (name.isEmpty() || name.indexOf('/') >= 0) {
      throw new InvalidInputException(
          "branch name",
          "\"" + SafeText.of(name) + "\"",
          "text without a slash, at least 1 character");
    }
    this.name = name;
    this.type = requireNonNull(type, "type");
    this.options = options;
    this.action = requireNonNull(action, "action");
    this.compensation = compensation;
  }

  private static StepOptions changed(Consumer<StepOptions> options) {
    var changed = new StepOptions();
    requireNonNull(options, "options").accept(changed);
    return changed;
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
    return new Branch<>(name, type, changed(options), action, null);
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
        changed(options),
        () -> {
          action.run();
          return null;
        },
        null);
  }

  /** Returns this branch with what undoes it; see {@link #compensate(String, Consumer, Undo)}. */
  public Branch<T> compensate(String name, Undo<T> action) {
    return compensate(name, options -> {}, action);
  }

  /**
   * Returns this branch with what undoes it, in place of what did before. It runs as if {@link
   * Steps#compensate(String, Consumer, StepAction)} were called where the branches have ended, and
   * only if this branch has a result: also when another one of its group fails, or the run is
   * cancelled before the whole group is done.
   *
   * <pre>{@code
   * Branch<Reservation> stock =
   *     Branch.of("stock", Reservation.class, () -> shop.reserve(cart))
   *         .compensate("release", held -> shop.release(held));
   * }</pre>
   *
   * @param name the name of the step that undoes, which no other step of the run has
   * @param options changes the default options
   * @param action undoes; it gets the result of the branch
   */
  public Branch<T> compensate(String name, Consumer<StepOptions> options, Undo<T> action) {
    requireNonNull(name, "name");
    requireNonNull(action, "action");
    return new Branch<>(
        this.name,
        type,
        this.options,
        this.action,
        new Compensation<>(name, changed(options), action));
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

  /** Returns what undoes the branch; empty for nothing. */
  public Optional<Compensation<T>> compensation() {
    return Optional.ofNullable(compensation);
  }

  /** Returns the name. */
  @Override
  public String toString() {
    return name;
  }
}
