package io.w7s.samples.demo;

/** A step that did not work out, and why, in one line. */
final class Failure extends Exception {

  private static final long serialVersionUID = 1L;

  Failure(String reason) {
    super(reason);
  }
}
