package io.w7s.sdk.rpc;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.CallSettings;
import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.PercentEncoding;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What can be set on an RPC. */
public final class RpcOptions extends CallSettings<RpcOptions> {

  private Headers headers = Headers.none();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private String query = "";

  /** Starts from defaults, without headers, variables and query. The client does this. */
  public RpcOptions(CallOptions defaults) {
    super(defaults);
  }

  /** Starts from a copy of other options. The client does this. */
  public RpcOptions(RpcOptions other) {
    super(other.callOptions());
    headers = other.headers;
    variables.putAll(other.variables);
    query = other.query;
  }

  /**
   * Sets a header of the request, which reaches the target; a former value of the same name is
   * replaced.
   *
   * @throws InvalidInputException when the name or the value is not valid in HTTP, or the platform
   *     or the connection owns the header: {@code authorization}, {@code host}, {@code
   *     content-length}, {@code x-w7s-*} and the like
   */
  public RpcOptions header(String name, String value) {
    Headers changed = headers.with(name, value);
    refuseReserved(name.toLowerCase(Locale.ROOT));
    headers = changed;
    return this;
  }

  /**
   * Gives a variable of the path its value: {@code call.variable("orderId", "ord_1")} for {@code
   * /orders/{orderId}}. The value must be one path segment: not empty, without a slash, neither
   * {@code .} nor {@code ..}.
   */
  public RpcOptions variable(String name, Object value) {
    variables.put(name, value.toString());
    return this;
  }

  /** Adds a parameter to the query; the same name can be added more than once. */
  public RpcOptions query(String name, Object value) {
    String parameter =
        PercentEncoding.component(name) + "=" + PercentEncoding.component(value.toString());
    query = query.isEmpty() ? parameter : query + "&" + parameter;
    return this;
  }

  /** Returns the headers that are set. */
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
          "header", name, "a header that neither the platform nor the connection sets itself");
    }
  }

  /**
   * Returns the settings; of headers, variables and query only the names or whether there are some:
   * values may be secret.
   */
  @Override
  public String toString() {
    return "RpcOptions[call=%s, headers=%s, variables=%s, query=%s]"
        .formatted(callOptions(), headers, variables.keySet(), query.isEmpty() ? "none" : "set");
  }
}
