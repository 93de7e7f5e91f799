package io.w7s.sdk.spring;

import io.w7s.sdk.spring.internal.handler.HandlerHints;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Handles the requests to a route of the application's app. The method of any bean, or of an
 * interface of it, has one of these forms:
 *
 * <pre>{@code
 * @RpcHandler(path = "/status") Status status()
 * @RpcHandler(method = "POST", path = "/quotes") Quote quote(Cart cart)
 * @RpcHandler(path = "/orders/{id}") Order order(RpcRequest<Void> request)
 * }</pre>
 *
 * <p>What it returns is the body of a 200; {@code void} and null are a 204. With a {@link
 * io.w7s.sdk.rpc.RpcReply} it chooses the status and the headers. See {@link
 * io.w7s.sdk.rpc.RpcHandler}. All texts may hold placeholders.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Reflective(HandlerHints.class)
public @interface RpcHandler {

  /** The HTTP method. */
  String method() default "GET";

  /** The path from its slash; a segment in braces is a variable. */
  String path();

  /**
   * Whether anybody may call it, not only what the platform has authenticated; see {@link
   * io.w7s.sdk.app.W7sApp.Builder#publicRoute}.
   */
  boolean publicRoute() default false;
}
