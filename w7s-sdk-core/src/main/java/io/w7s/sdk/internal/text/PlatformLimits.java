package io.w7s.sdk.internal.text;

/** The platform's limits for the sizes of what it stores, and for what an app declares. */
public final class PlatformLimits {

  /**
   * The size of a message's or an event's body or of a workflow's payload as JSON in UTF-8, at
   * most; also that of the envelope in which the platform stores it.
   */
  public static final int MAX_BODY_BYTES = 65_536;

  /** The characters that the platform keeps of a workflow's output; it cuts off the rest. */
  public static final int MAX_OUTPUT_CHARACTERS = 65_536;

  /** The queues of an app that the platform deploys, at most. */
  public static final int MAX_QUEUES = 2;

  /** The schedules of an app that the platform deploys, at most. */
  public static final int MAX_SCHEDULES = 5;

  /** The workflows of an app that the platform deploys, at most. */
  public static final int MAX_WORKFLOWS = 5;

  private PlatformLimits() {}
}
