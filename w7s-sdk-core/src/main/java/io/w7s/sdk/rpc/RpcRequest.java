package io.w7s.sdk.rpc;

import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request as its handler sees it.
 *
 * @param method the HTTP method
 * @param path the path, percent-encoded, without the query
 * @param variables the values of the path's variables, decoded; unmodifiable
 * @param query the query's parameters, decoded, each with its values; unmodifiable
 * @param headers the headers
 * @param body the body; null for JSON null, and for a route whose input is {@code Void}, whatever
 *     its body is. An empty body for any other input never reaches the handler: it is answered with
 *     400
 * @param caller the app that calls. The platform sets it and no caller can claim another; a request
 *     from outside the platform has none, or whatever its sender wrote, so it proves nothing on an
 *     app's public URL
 * @param <I> what the body is
 */
public record RpcRequest<I>(
    String method,
    String path,
    Map<String, String> variables,
    Map<String, List<String>> query,
    Headers headers,
    @Nullable I body,
    Optional<Caller> caller) {

  /**
   * Returns the value of a variable of the path.
   *
   * @throws InvalidInputException when the route's path has no such variable
   */
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new InvalidInputException("path variable", name, "one of " + variables.keySet());
    }
    return value;
  }

  /** Returns the first value of a parameter of the query; empty when it is not there. */
  public Optional<String> query(String name) {
    return query.getOrDefault(name, List.of()).stream().findFirst();
  }

  /** Returns method, path and the names of the headers; not the rest, for it may be secret. */
  @Override
  public String toString() {
    return "RpcRequest[" + method + " " + path + ", headers=" + headers + "]";
  }
}
