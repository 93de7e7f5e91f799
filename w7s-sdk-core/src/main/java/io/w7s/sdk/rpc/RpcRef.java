package io.w7s.sdk.rpc;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.PathTemplate;
import io.w7s.sdk.internal.text.SafeText;
import java.util.List;
import java.util.Locale;

/**
 * A route of an app: its method and path, what it takes and what it returns. Made by {@link
 * io.w7s.sdk.AppRef#get}, {@link io.w7s.sdk.AppRef#post} and their like, once, and used to call and
 * to handle. A path segment in braces is a variable: {@code /orders/{orderId}}. Immutable.
 *
 * @param app the app that has the route
 * @param method the HTTP method, in upper case
 * @param path the path, from its leading slash
 * @param input what the request body is; {@code Void} for none, as for GET and HEAD
 * @param output what the body of a 2xx response is; {@code Void} for none
 * @param <I> the type of the request body
 * @param <O> the type of the body of a 2xx response
 */
public record RpcRef<I, O>(
    AppId app, String method, String path, TypeRef<I> input, TypeRef<O> output) {

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final List<String> WITHOUT_BODY = List.of("GET", "HEAD");

  /**
   * Checks the method, the path and the input.
   *
   * @throws InvalidInputException when one of them is not valid
   */
  public RpcRef {
    requireNonNull(app, "app");
    requireNonNull(input, "input");
    requireNonNull(output, "output");
    method = requireNonNull(method, "method").toUpperCase(Locale.ROOT);
    if (!METHODS.contains(method)) {
      throw new InvalidInputException("RPC method", SafeText.of(method), "one of " + METHODS);
    }
    PathTemplate.parse(requireNonNull(path, "path"));
    if (WITHOUT_BODY.contains(method) && input.type() != Void.class) {
      throw new InvalidInputException(
          "input of " + method + " " + path, input.toString(), "Void: a GET or HEAD has no body");
    }
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
