package io.w7s.sdk.rpc;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.CallSettings;
import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.PercentEncoding;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The options of an RPC. */
public final class RpcOptions extends CallSettings<RpcOptions> {

  private Headers headers = Headers.none();
  private Map<String, String> variables = Map.of();
  private String query = "";

  /** Starts from defaults, without headers, variables and query. The client calls this. */
  public RpcOptions(CallOptions defaults) {
    super(defaults);
  }

  /** Starts from a copy of other options. The client calls this. */
  public RpcOptions(RpcOptions other) {
    super(requireNonNull(other, "other").callOptions());
    headers = other.headers;
    variables = other.variables.isEmpty() ? Map.of() : new LinkedHashMap<>(other.variables);
    query = other.query;
  }

  /**
   * Sets a header of the request, which reaches the target. A value that was set before is
   * replaced.
   *
   * @throws InvalidInputException when the name or the value is not valid in HTTP, or the header
   *     belongs to the platform or the connection: {@code authorization}, {@code host}, {@code
   *     content-length}, {@code x-w7s-*} and the like
   */
  public RpcOptions header(String name, String value) {
    Headers changed = headers.with(name, value);
    refuseReserved(name.toLowerCase(Locale.ROOT));
    headers = changed;
    return this;
  }

  /**
   * Sets a variable of the path: {@code call.variable("orderId", "ord_1")} for {@code
   * /orders/{orderId}}. The value must be one path segment that the platform delivers as it is: not
   * empty, neither {@code .} nor {@code ..}, and without slashes, backslashes, percent signs and
   * control characters. Any other value makes the call fail with an {@link InvalidInputException};
   * send it in the query or the body.
   */
  public RpcOptions variable(String name, Object value) {
    if (variables.isEmpty()) {
      variables = new LinkedHashMap<>();
    }
    variables.put(requireNonNull(name, "name"), requireNonNull(value, "value").toString());
    return this;
  }

  /** Adds a parameter to the query. The same name can be added more than once. */
  public RpcOptions query(String name, Object value) {
    String parameter =
        PercentEncoding.component(requireNonNull(name, "name"))
            + "="
            + PercentEncoding.component(requireNonNull(value, "value").toString());
    query = query.isEmpty() ? parameter : query + "&" + parameter;
    return this;
  }

  /** Returns the headers. */
  public Headers headers() {
    return headers;
  }

  /** Returns the values of the path's variables, as given; unmodifiable. */
  public Map<String, String> variables() {
    return Collections.unmodifiableMap(variables);
  }

  /** Returns the query, percent-encoded, without its question mark; empty for none. */
  public String query() {
    return query;
  }

  private static void refuseReserved(String name) {
    boolean reserved =
        switch (name) {
          case "authorization",
              "connection",
              "content-length",
              "expect",
              "host",
              "keep-alive",
              "proxy-authenticate",
              "proxy-authorization",
              "proxy-connection",
              "te",
              "trailer",
              "transfer-encoding",
              "upgrade" ->
              true;
          default -> name.startsWith("x-w7s-");
        };
    if (reserved) {
      throw new InvalidInputException(
          "header",
          Names.quoted(name),
          "a header that belongs to neither the platform nor the connection");
    }
  }

  /**
   * Returns the options, but no value of a header, a variable or the query, because it may be
   * secret.
   */
  @Override
  public String toString() {
    return "RpcOptions[call=%s, headers=%s, variables=%s, query=%s]"
        .formatted(callOptions(), headers, variables.keySet(), query.isEmpty() ? "none" : "set");
  }
}
