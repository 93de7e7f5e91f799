package io.w7s.sdk.error;

/**
 * An argument breaks a rule that the SDK checks before it sends anything. The message names the
 * field, what it held and the rule; it never repeats a value that could be secret.
 */
public final class InvalidInputException extends W7sException {

  private static final long serialVersionUID = 1L;

  private final String field;
  private final String rule;

  /**
   * Creates an exception.
   *
   * @param field the argument or the JSON path, for example {@code queue name} or {@code
   *     $.queues[0].consumer}
   * @param found what it held, for example {@code empty text} or {@code "a b"}
   * @param rule what the value must be, for example {@code 1 to 100 letters}
   */
  public InvalidInputException(String field, String found, String rule) {
    super(field + ": found " + found + ", must be " + rule, null);
    this.field = field;
    this.rule = rule;
  }

  /** Returns the argument or the JSON path. */
  public String field() {
    return field;
  }

  /** Returns what the value must be. */
  public String rule() {
    return rule;
  }
}
