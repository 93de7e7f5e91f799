package io.w7s.sdk.internal.step;

/**
 * Leaves a body that cannot go on now. An {@code Error}, so that bodies do not catch it by chance.
 */
final class Suspended extends Error {

  private static final long serialVersionUID = 1L;

  Suspended(String why) {
    super("let this pass: " + why, null, false, false);
  }
}
