package io.w7s.sdk.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The database, or the file system of a store, could not do what was asked of it. Whether a change
 * was made is not known when the connection was lost; every operation of the stores can be
 * repeated.
 */
public final class StoreException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param what what was tried, such as {@code claim a message}
   * @param cause what the driver or the file system said
   */
  public StoreException(String what, @Nullable Throwable cause) {
    super("cannot " + what + reason(cause), cause);
  }

  private static String reason(@Nullable Throwable cause) {
    return cause instanceof SQLException sql && sql.getSQLState() != null
        ? " (SQL state " + sql.getSQLState() + ")"
        : "";
  }
}
