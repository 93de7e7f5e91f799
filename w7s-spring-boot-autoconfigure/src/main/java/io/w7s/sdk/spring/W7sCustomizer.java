package io.w7s.sdk.spring;

import io.w7s.sdk.W7s;

/**
 * Changes how the {@link W7s} of the application is built: its options, its pacing, the store of
 * large bodies. Declare beans of this type; they are called in their order, after the starter has
 * set what it finds.
 */
@FunctionalInterface
public interface W7sCustomizer {

  /** Changes the builder. */
  void customize(W7s.Builder w7s);
}
