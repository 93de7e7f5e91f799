package io.w7s.sdk.workflow;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;

/**
 * An event that a run of a durable workflow waits for: its name and the type of its value. Declared
 * once, and used to wait, see {@link io.w7s.sdk.step.Steps#waitForEvent}, and to signal, see {@link
 * WorkflowHandle#signal}. Immutable.
 *
 * <pre>{@code
 * RunEvent<Payment> PAYMENT = RunEvent.of("payment", Payment.class);
 * }</pre>
 *
 * @param name the name: 1 to 100 letters, digits, {@code .}, {@code _} and {@code -}
 * @param type the type of the value; not {@code Void}
 * @param <T> the type of the value
 */
public record RunEvent<T>(String name, TypeRef<T> type) {

  /**
   * Checks the name and the type.
   *
   * @throws InvalidInputException when one of them is not valid
   */
  public RunEvent {
    name = Names.runEvent("name of a run's event", requireNonNull(name, "name"));
    if (requireNonNull(type, "type").type() == Void.class) {
      throw new InvalidInputException(
          "type of the event " + name, "Void", "a type with values, such as Boolean");
    }
  }

  /** Returns an event. */
  public static <T> RunEvent<T> of(String name, Class<T> type) {
    return of(name, TypeRef.of(type));
  }

  /** Returns an event whose value has a generic type. */
  public static <T> RunEvent<T> of(String name, TypeRef<T> type) {
    return new RunEvent<>(name, type);
  }

  /** Returns the name. */
  @Override
  public String toString() {
    return name;
  }
}
