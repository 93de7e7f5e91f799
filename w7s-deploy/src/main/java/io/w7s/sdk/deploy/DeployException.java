package io.w7s.sdk.deploy;

/** Says why nothing was written. */
final class DeployException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DeployException(String message) {
    super(message);
  }
}
