package io.w7s.sdk.rpc;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.PathTemplate;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A route of an app: its method and path, what it takes and what it answers, declared once and used
 * to call and to handle. A path segment in braces is a variable: {@code /orders/{orderId}}.
 * Immutable.
 *
 * @param app the app that has the route; null for the app's own
 * @param method the HTTP method, in upper case
 * @param path the path, from its leading slash
 * @param input what the request body is; {@code Void} for none
 * @param output what the answer's body is; {@code Void} for none
 * @param <I> what the request body is
 * @param <O> what the answer's body is
 */
public record RpcRef<I, O>(
    @Nullable AppId app, String method, String path, TypeRef<I> input, TypeRef<O> output) {

  private static final TypeRef<Void> NOTHING = TypeRef.of(Void.class);
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  /** Checks the method and the path. */
  public RpcRef {
    method = method.toUpperCase(Locale.ROOT);
    if (!METHODS.contains(method)) {
      throw new InvalidInputException("RPC method", "'" + method + "'", "one of " + METHODS);
    }
    PathTemplate.parse(path);
  }

  /** Returns a GET route of another app, {@code owner/repo}. */
  public static <O> RpcRef<Void, O> get(String app, String path, Class<O> output) {
    return of("GET", app, path, NOTHING, TypeRef.of(output));
  }

  /** Returns a GET route of the app's own. */
  public static <O> RpcRef<Void, O> get(String path, Class<O> output) {
    return of("GET", path, NOTHING, TypeRef.of(output));
  }

  /** Returns a POST route of another app, {@code owner/repo}. */
  public static <I, O> RpcRef<I, O> post(String app, String path, Class<I> input, Class<O> output) {
    return of("POST", app, path, TypeRef.of(input), TypeRef.of(output));
  }

  /** Returns a POST route of the app's own. */
  public static <I, O> RpcRef<I, O> post(String path, Class<I> input, Class<O> output) {
    return of("POST", path, TypeRef.of(input), TypeRef.of(output));
  }

  /** Returns a PUT route of another app, {@code owner/repo}. */
  public static <I, O> RpcRef<I, O> put(String app, String path, Class<I> input, Class<O> output) {
    return of("PUT", app, path, TypeRef.of(input), TypeRef.of(output));
  }

  /** Returns a PUT route of the app's own. */
  public static <I, O> RpcRef<I, O> put(String path, Class<I> input, Class<O> output) {
    return of("PUT", path, TypeRef.of(input), TypeRef.of(output));
  }

  /** Returns a DELETE route of another app, {@code owner/repo}. */
  public static <O> RpcRef<Void, O> delete(String app, String path, Class<O> output) {
    return of("DELETE", app, path, NOTHING, TypeRef.of(output));
  }

  /** Returns a DELETE route of the app's own. */
  public static <O> RpcRef<Void, O> delete(String path, Class<O> output) {
    return of("DELETE", path, NOTHING, TypeRef.of(output));
  }

  /**
   * Returns any route of another app, with generic types where needed.
   *
   * @param method GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS
   * @param app the app, {@code owner/repo}
   * @throws InvalidInputException when method, app or path is not one
   */
  public static <I, O> RpcRef<I, O> of(
      String method, String app, String path, TypeRef<I> input, TypeRef<O> output) {
    return new RpcRef<>(AppId.parse(app), method, path, input, output);
  }

  /** Returns any route of the app's own, with generic types where needed. */
  public static <I, O> RpcRef<I, O> of(
      String method, String path, TypeRef<I> input, TypeRef<O> output) {
    return new RpcRef<>(null, method, path, input, output);
  }

  /** Returns {@code GET owner/repo/path}, without the app for the app's own. */
  @Override
  public String toString() {
    return method + " " + (app == null ? "" : app) + path;
  }
}
