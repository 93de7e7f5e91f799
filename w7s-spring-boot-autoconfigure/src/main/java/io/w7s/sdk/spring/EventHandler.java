package io.w7s.sdk.spring;

import io.w7s.sdk.spring.internal.handler.HandlerHints;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Subscribes a queue of the application's app to a subject, and handles its events. The method of
 * any bean, or of an interface of it, has one of these forms:
 *
 * <pre>{@code
 * @EventHandler(subject = "orders.created", queue = "events") void on(OrderCreated data)
 * @EventHandler(subject = "orders.created", queue = "events") void on(Event<OrderCreated> event)
 * }</pre>
 *
 * <p>One queue can take several subjects, each with a method of its own. See {@link
 * io.w7s.sdk.event.EventHandler}. All texts may hold placeholders.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Reflective(HandlerHints.class)
public @interface EventHandler {

  /** The subject, without wildcards. */
  String subject();

  /** The queue of the app that takes its events. */
  String queue();
}
