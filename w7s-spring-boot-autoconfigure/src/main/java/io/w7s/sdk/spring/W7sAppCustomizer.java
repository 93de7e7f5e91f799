package io.w7s.sdk.spring;

import io.w7s.sdk.app.W7sApp;

/**
 * Adds to the app that the starter builds of the annotated handlers: handlers in code, how messages
 * are consumed, what is published. Declare beans of this type; they are called in their order,
 * after the annotated handlers have been added.
 *
 * <pre>{@code
 * @Bean
 * W7sAppCustomizer reliable(ProcessedMessages processed, ParkedMessages parked) {
 *   return app -> app.consumption(each -> each.once(processed).park(parked));
 * }
 * }</pre>
 */
@FunctionalInterface
public interface W7sAppCustomizer {

  /** Changes the builder. */
  void customize(W7sApp.Builder app);
}
