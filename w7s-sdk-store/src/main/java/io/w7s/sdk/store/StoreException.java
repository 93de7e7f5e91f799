package io.w7s.sdk.store;

import io.w7s.sdk.error.W7sException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The database, the file system or the service of a store could not do what was asked of it.
 * Whether a change was made is not known when the connection was lost. Every operation of the
 * stores can be repeated; those of a key-value store that depend on what is there may then find
 * what they have written themselves.
 */
public final class StoreException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param what what was tried, such as {@code claim a message}
   * @param cause what the driver, the file system or the bridge said
   */
  public StoreException(String what, @Nullable Throwable cause) {
    super("cannot " + what + reason(cause), cause);
  }

  private static String reason(@Nullable Throwable cause) {
    if (cause instanceof W7sException failed) {
      return ": " + failed.getMessage(); // which names the side that failed, and no secret
    }
    return cause instanceof SQLException sql && sql.getSQLState() != null
        ? " (SQL state " + sql.getSQLState() + ")"
        : "";
  }
}
