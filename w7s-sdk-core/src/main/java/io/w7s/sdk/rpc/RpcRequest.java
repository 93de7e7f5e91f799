package io.w7s.sdk.rpc;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.PathTemplate;
import io.w7s.sdk.internal.text.SafeText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request as its handler sees it. Immutable, if its body is.
 *
 * <p>A test of a handler makes one in a line:
 *
 * <pre>{@code
 * handler.handle(RpcRequest.builder(ORDER, null).variable("id", "ord_123").build());
 * }</pre>
 *
 * @param <I> the type of the body
 */
public final class RpcRequest<I> {

  private final String method;
  private final String path;
  private final Map<String, String> variables;
  private final Map<String, List<String>> query;
  private final Headers headers;
  private final @Nullable I body;
  private final @Nullable Caller caller;

  private RpcRequest(Builder<I> builder, String path) {
    this.method = builder.route.method();
    this.path = path;
    this.variables = builder.variables;
    this.query = builder.query;
    this.headers = builder.headers;
    this.body = builder.body;
    this.caller = builder.caller;
  }

  /**
   * Returns a request without query, headers and caller, for a test of a handler.
   *
   * @param route the route; its path has no variables
   * @param body the body; null for none
   * @throws InvalidInputException when the path has variables; set them with {@link #builder}
   */
  public static <I> RpcRequest<I> of(RpcRef<I, ?> route, @Nullable I body) {
    return builder(route, body).build();
  }

  /**
   * Begins a request without query, headers and caller.
   *
   * @param body the body; null for none
   */
  public static <I> Builder<I> builder(RpcRef<I, ?> route, @Nullable I body) {
    return new Builder<>(route, body);
  }

  /** Returns the HTTP method, in upper case. */
  public String method() {
    return method;
  }

  /** Returns the path as it came: percent-encoded, without the query. */
  public String path() {
    return path;
  }

  /** Returns the values of the path's variables, decoded; unmodifiable. */
  public Map<String, String> variables() {
    return variables;
  }

  /**
   * Returns the value of a variable of the path, decoded.
   *
   * @throws InvalidInputException when the route's path has no such variable
   */
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new InvalidInputException(
          "path variable", Names.quoted(name), "one of " + variables.keySet());
    }
    return value;
  }

  /** Returns the parameters of the query, decoded, each with its values in order; unmodifiable. */
  public Map<String, List<String>> query() {
    return query;
  }

  /** Returns the first value of a parameter of the query; empty where there is none. */
  public Optional<String> query(String name) {
    List<String> values = query.getOrDefault(name, List.of());
    return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
  }

  /** Returns the headers. */
  public Headers headers() {
    return headers;
  }

  /**
   * Returns the body; null for JSON null, and for a route whose input is {@code Void}, whatever its
   * body is. A {@link io.w7s.sdk.RawBody} is the body as it came, which may be empty. An empty body
   * for any other input never reaches the handler: the caller gets a 400.
   */
  public @Nullable I body() {
    return body;
  }

  /**
   * Returns the app that made the request. The platform sets it, and an app cannot claim to be
   * another. A request from outside the platform has no caller, or the one that its sender wrote
   * into the headers: on a public URL it proves nothing.
   */
  public Optional<Caller> caller() {
    return Optional.ofNullable(caller);
  }

  /** Returns whether the other is a request whose properties are all equal. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RpcRequest<?> request
        && method.equals(request.method)
        && path.equals(request.path)
        && variables.equals(request.variables)
        && query.equals(request.query)
        && headers.equals(request.headers)
        && Objects.equals(body, request.body)
        && Objects.equals(caller, request.caller);
  }

  @Override
  public int hashCode() {
    return Objects.hash(method, path, variables, query, headers, body, caller);
  }

  /** Returns the method and the path. The rest is left out: it may be secret. */
  @Override
  public String toString() {
    return "RpcRequest[" + method + " " + SafeText.of(path) + "]";
  }

  /**
   * Makes a request. Not thread-safe.
   *
   * @param <I> the type of the body
   */
  public static final class Builder<I> {

    private final RpcRef<I, ?> route;
    private final @Nullable I body;
    private @Nullable String path;
    private Map<String, String> variables = Map.of();
    private Map<String, List<String>> query = Map.of();
    private Headers headers = Headers.none();
    private @Nullable Caller caller;

    private Builder(RpcRef<I, ?> route, @Nullable I body) {
      this.route = route;
      this.body = body;
    }

    /**
     * Sets the path, percent-encoded. Default: the route's path with the values of its variables.
     */
    public Builder<I> path(String path) {
      this.path = requireNonNull(path, "path");
      return this;
    }

    /** Sets the values of the path's variables, not encoded. */
    public Builder<I> variables(Map<String, String> variables) {
      this.variables =
          variables.isEmpty()
              ? Map.of()
              : Collections.unmodifiableMap(new LinkedHashMap<>(variables));
      return this;
    }

    /** Sets the value of a variable of the path, not encoded. */
    public Builder<I> variable(String name, String value) {
      var all = new LinkedHashMap<>(variables);
      all.put(name, value);
      return variables(all);
    }

    /** Sets the parameters of the query, not encoded, each with its values in order. */
    public Builder<I> query(Map<String, List<String>> query) {
      if (query.isEmpty()) {
        this.query = Map.of();
      } else {
        var copy = new LinkedHashMap<>(query);
        copy.replaceAll((name, values) -> List.copyOf(values));
        this.query = Collections.unmodifiableMap(copy);
      }
      return this;
    }

    /** Adds a parameter to the query, not encoded. */
    public Builder<I> query(String name, String value) {
      var all = new LinkedHashMap<>(query);
      var values = new ArrayList<>(all.getOrDefault(name, List.of()));
      values.add(value);
      all.put(name, List.copyOf(values));
      return query(all);
    }

    /** Sets the headers. */
    public Builder<I> headers(Headers headers) {
      this.headers = requireNonNull(headers, "headers");
      return this;
    }

    /**
     * Sets a header to a single value.
     *
     * @throws InvalidInputException when the name is not a header name, or the value holds a
     *     control character
     */
    public Builder<I> header(String name, String value) {
      return headers(headers.with(name, value));
    }

    /** Sets the app that made the request; null for none, which is the default. */
    public Builder<I> caller(@Nullable Caller caller) {
      this.caller = caller;
      return this;
    }

    /**
     * Returns the request.
     *
     * @throws InvalidInputException when no path was set and a variable of the route's path is
     *     missing
     */
    public RpcRequest<I> build() {
      return new RpcRequest<>(
          this, path == null ? PathTemplate.expand(route.path(), variables) : path);
    }
  }
}
