package io.w7s.sdk.spring;

import io.w7s.sdk.spring.internal.handler.HandlerHints;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Handles the messages of a queue of the application's app. The method of any bean, or of an
 * interface of it, has one of these forms:
 *
 * <pre>{@code
 * @QueueHandler("jobs") void run(Job job)
 * @QueueHandler("jobs") void run(QueueMessage<Job> message)
 * @QueueHandler("jobs") void run(QueueBatch<Job> batch)
 * }</pre>
 *
 * <p>When it returns, the message is handled; when it throws, it has failed. See {@link
 * io.w7s.sdk.queue.MessageHandler} and {@link io.w7s.sdk.queue.BatchHandler}. The bean is taken
 * from the context for each message, so scopes and proxies apply. All texts may hold placeholders.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Reflective(HandlerHints.class)
public @interface QueueHandler {

  /** The name of the queue. */
  String value();

  /** The path that consumes it, from its slash; empty for {@code /_w7s/queues/<name>}. */
  String consumer() default "";

  /**
   * Whether each message is a CloudEvent; see {@link io.w7s.sdk.queue.QueueRef#asCloudEvents()}.
   */
  boolean cloudEvents() default false;
}
