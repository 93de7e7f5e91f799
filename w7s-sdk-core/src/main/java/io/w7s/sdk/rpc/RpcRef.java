package io.w7s.sdk.rpc;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.PathTemplate;
import java.util.Locale;
import java.util.Set;

/**
 * A route of an app: its method and path, what it takes and what it returns. Made by {@link
 * io.w7s.sdk.AppRef#get}, {@link io.w7s.sdk.AppRef#post} and their like, once, and used to call and
 * to handle. A path segment in braces is a variable: {@code /orders/{orderId}}. Immutable.
 *
 * @param app the app that has the route
 * @param method the HTTP method, in upper case
 * @param path the path, from its leading slash
 * @param input what the request body is; {@code Void} for none
 * @param output what the body of a 2xx response is; {@code Void} for none
 * @param <I> the type of the request body
 * @param <O> the type of the body of a 2xx response
 */
public record RpcRef<I, O>(
    AppId app, String method, String path, TypeRef<I> input, TypeRef<O> output) {

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  /**
   * Checks the method and the path.
   *
   * @throws InvalidInputException when one of them is not valid
   */
  public RpcRef {
    requireNonNull(app, "app");
    requireNonNull(input, "input");
    requireNonNull(output, "output");
    method = requireNonNull(method, "method").toUpperCase(Locale.ROOT);
    if (!METHODS.contains(method)) {
      throw new InvalidInputException("RPC method", "'" + method + "'", "one of " + METHODS);
    }
    PathTemplate.parse(requireNonNull(path, "path"));
  }

  /** Returns the method and the path template, for example {@code GET /orders/{orderId}}. */
  public String name() {
    return method + " " + path;
  }

  /** Returns method, app and path, for example {@code GET acme/shop/orders/{orderId}}. */
  @Override
  public String toString() {
    return method + " " + app + path;
  }
}
