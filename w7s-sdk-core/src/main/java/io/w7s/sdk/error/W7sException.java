package io.w7s.sdk.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that this SDK throws on purpose. It has these four branches and will have
 * no others, so a {@code switch} over them can be complete. Later versions may add types below
 * them.
 *
 * <ul>
 *   <li>{@link InvalidInputException}: an argument breaks a rule; nothing was sent.
 *   <li>{@link ConfigurationException}: a setting is missing or wrong; nothing was sent.
 *   <li>{@link CodecException}: JSON could not be written from a Java type or read into one.
 *   <li>{@link CallException}: a call was made and did not succeed.
 * </ul>
 *
 * <p>No message holds a token, a cookie, or more than 1 KiB of a body.
 */
public abstract sealed class W7sException extends RuntimeException
    permits InvalidInputException, ConfigurationException, CodecException, CallException {

  private static final long serialVersionUID = 1L;

  W7sException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
