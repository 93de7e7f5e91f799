package io.w7s.sdk.error;

/**
 * An argument breaks a rule that is certain before anything is sent. The message names the field,
 * what kind of value it held and the rule; it never repeats the value of something that could be
 * secret.
 */
public final class InvalidInputException extends W7sException {

  private static final long serialVersionUID = 1L;

  private final String field;
  private final String rule;

  /**
   * Names what was wrong.
   *
   * @param field the argument or the JSON path, for example {@code queue name} or {@code
   *     $.queues[0].consumer}
   * @param found the kind of value that was there, for example {@code empty text} or {@code "a b"}
   * @param rule what the value has to be, for example {@code 1 to 100 letters}
   */
  public InvalidInputException(String field, String found, String rule) {
    super(field + ": found " + found + ", must be " + rule, null);
    this.field = field;
    this.rule = rule;
  }

  /** Returns the argument or JSON path that was wrong. */
  public String field() {
    return field;
  }

  /** Returns what the value has to be. */
  public String rule() {
    return rule;
  }
}
