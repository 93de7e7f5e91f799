package io.w7s.sdk.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of what this SDK throws for a call, a setting or an argument. It has these four branches
 * and will have no others, so a {@code switch} over them can be complete. Later versions may add
 * types below them.
 *
 * <ul>
 *   <li>{@link InvalidInputException}: an argument breaks a rule; nothing was sent.
 *   <li>{@link ConfigurationException}: a setting is missing or wrong; nothing was sent.
 *   <li>{@link CodecException}: JSON could not be written from a Java type or read into one.
 *   <li>{@link CallException}: a call was made and did not succeed.
 * </ul>
 *
 * <p>What concerns the inside of a handler, a step or a store is not of this type, such as {@link
 * io.w7s.sdk.consumption.LeaseLostException} and {@link io.w7s.sdk.step.StepFailedException}.
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
