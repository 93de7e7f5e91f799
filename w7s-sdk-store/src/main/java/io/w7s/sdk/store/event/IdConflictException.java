package io.w7s.sdk.store.event;

/** Another event has the same id: its body, subject or stream differs. Nothing was stored. */
public final class IdConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String id;

  IdConflictException(String id, String difference) {
    super("another event has the id " + id + ": its " + difference + " differs");
    this.id = id;
  }

  /** Returns the id. */
  public String id() {
    return id;
  }
}
