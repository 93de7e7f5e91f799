package io.w7s.sdk.rpc;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.HasCallOptions;
import io.w7s.sdk.internal.text.PercentEncoding;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What can be set on an RPC. Immutable: each method returns a changed copy.
 *
 * @param call what can be set on every call
 * @param variables the values of the path's variables, as given
 * @param query the query, percent-encoded, without its question mark; empty for none
 */
public record RpcOptions(CallOptions call, Map<String, String> variables, String query)
    implements HasCallOptions<RpcOptions> {

  /** Takes a copy of the variables. */
  public RpcOptions {
    variables = Map.copyOf(variables);
  }

  /** Returns options without variables and query. */
  public static RpcOptions of(CallOptions call) {
    return new RpcOptions(call, Map.of(), "");
  }

  /**
   * Gives a variable of the path its value: {@code call.variable("orderId", "ord_1")} for {@code
   * /orders/{orderId}}. The value must be one path segment: not empty, without a slash, neither
   * {@code .} nor {@code ..}.
   */
  public RpcOptions variable(String name, Object value) {
    var changed = new LinkedHashMap<>(variables);
    changed.put(name, value.toString());
    return new RpcOptions(call, changed, query);
  }

  /** Adds a parameter to the query; the same name can be added more than once. */
  public RpcOptions query(String name, Object value) {
    String parameter =
        PercentEncoding.component(name) + "=" + PercentEncoding.component(value.toString());
    return new RpcOptions(call, variables, query.isEmpty() ? parameter : query + "&" + parameter);
  }

  @Override
  public RpcOptions call(CallOptions call) {
    return new RpcOptions(call, variables, query);
  }

  /**
   * Returns the settings; of variables and query only whether there are some, for values may be
   * secret.
   */
  @Override
  public String toString() {
    return "RpcOptions[call=%s, variables=%s, query=%s]"
        .formatted(call, variables.keySet(), query.isEmpty() ? "none" : "set");
  }
}
