package io.w7s.sdk.testing.contract;

import java.net.URI;

/** A running server under test, see {@link ServerContract}. */
public interface ServerFixture extends AutoCloseable {

  /**
   * Returns the URL under which the app's path {@code /} is reached, without a slash at its end,
   * such as {@code http://127.0.0.1:8080/w7s}. Its port never changes.
   */
  URI url();

  /** Stops the server. */
  @Override
  void close();
}
