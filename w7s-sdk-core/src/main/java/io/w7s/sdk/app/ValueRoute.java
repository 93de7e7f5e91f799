package io.w7s.sdk.app;

import java.util.Map;
import java.util.function.Supplier;

/** Answers with plain JSON values, which need no codec and no access to classes of the SDK. */
record ValueRoute(Supplier<Map<String, ?>> body) implements Route {

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context) {
    return Responses.values(200, body.get());
  }

  @Override
  public HandlerKind kind() {
    return HandlerKind.RPC;
  }
}
