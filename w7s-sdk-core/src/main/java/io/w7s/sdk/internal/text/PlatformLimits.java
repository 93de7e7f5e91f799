package io.w7s.sdk.internal.text;

/** The platform's limits for the sizes of what it stores. */
public final class PlatformLimits {

  /**
   * The size of a message's or an event's body or of a workflow's payload as JSON in UTF-8, at
   * most; also that of the envelope in which the platform stores it.
   */
  public static final int MAX_BODY_BYTES = 65_536;

  /** The characters that the platform keeps of a workflow's output; it cuts off the rest. */
  public static final int MAX_OUTPUT_CHARACTERS = 65_536;

  private PlatformLimits() {}
}
