package io.w7s.sdk.store.event;

/**
 * A stream does not have the version that was expected, because somebody else has appended to it.
 * Nothing was stored. Read the stream, decide again, and append with its new version.
 */
public final class VersionConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String stream;
  private final long expected;
  private final long found;

  VersionConflictException(String stream, long expected, long found) {
    super("the stream " + stream + " has version " + found + ", expected was " + expected);
    this.stream = stream;
    this.expected = expected;
    this.found = found;
  }

  /** Returns the stream. */
  public String stream() {
    return stream;
  }

  /** Returns the version that was expected. */
  public long expected() {
    return expected;
  }

  /** Returns the version that the stream has. */
  public long found() {
    return found;
  }
}
