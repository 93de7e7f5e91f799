package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.PercentEncoding;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.rpc.RpcHandler;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Handles the requests to a route that the app declares. */
final class RpcRoute<I> implements Route {

  private static final TypeRef<Object> ANY = TypeRef.of(Object.class);

  /** Turns what a handler returned into a response. */
  private interface ResultWriter {
    AppResponse write(@Nullable Object result, JsonCodec codec);
  }

  private final RpcRef<I, ?> route;
  private final RpcHandler<I, ?> handler;
  private final ResultWriter writer;

  private RpcRoute(RpcRef<I, ?> route, RpcHandler<I, ?> handler, ResultWriter writer) {
    this.route = route;
    this.handler = handler;
    this.writer = writer;
  }

  static <I, O> RpcRoute<I> ofResult(RpcRef<I, O> route, RpcHandler<I, O> handler) {
    return new RpcRoute<>(
        route,
        handler,
        (result, codec) ->
            result == null
                ? Responses.empty(204, Headers.none())
                : response(200, Headers.none(), result, route.output(), codec));
  }

  static <I, O> RpcRoute<I> ofReply(
      RpcRef<I, O> route, RpcHandler<I, ? extends RpcReply<? extends O>> handler) {
    return new RpcRoute<>(
        route,
        handler,
        (result, codec) -> {
          if (!(result instanceof RpcReply<?> reply)) {
            throw new IllegalStateException("the handler returned null, not a reply");
          }
          if (reply.errorBody() != null) {
            return response(reply.status(), reply.headers(), reply.errorBody(), ANY, codec);
          }
          return reply.body() == null
              ? Responses.empty(reply.status(), reply.headers())
              : response(reply.status(), reply.headers(), reply.body(), route.output(), codec);
        });
  }

  private static AppResponse response(
      int status, Headers headers, Object body, TypeRef<?> type, JsonCodec codec) {
    return body instanceof RawBody raw
        ? new AppResponse(
            status, Headers.of("content-type", raw.contentType()).with(headers), raw.bytes())
        : Responses.json(status, headers, Bodies.write(codec, body, type));
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
      throws BadRequest {
    RpcRequest<I> read = read(request, variables, context.codec());
    try {
      Object result =
          context.call(kind(), route.name(), read, request.headers(), () -> handler.handle(read));
      return writer.write(result, context.codec());
    } catch (Throwable thrown) {
      return context.handlerFailed(route.name(), thrown);
    }
  }

  private RpcRequest<I> read(AppRequest request, Map<String, String> variables, JsonCodec codec)
      throws BadRequest {
    try {
      return RpcRequest.builder(route, body(request, codec))
          .path(request.path())
          .variables(variables)
          .query(PercentEncoding.query(request.query()))
          .headers(request.headers())
          .caller(caller(request.headers()).orElse(null))
          .build();
    } catch (CodecException | InvalidInputException unreadable) {
      throw new BadRequest(unreadable);
    }
  }

  @SuppressWarnings("unchecked") // the type says that I is RawBody
  private @Nullable I body(AppRequest request, JsonCodec codec) {
    return route.input().type() == RawBody.class
        ? (I) RawBody.of(request.headers(), request.body())
        : Bodies.read(codec, JsonSlice.of(request.body()), route.input());
  }

  /** Returns the app that made a request by RPC; empty for any other request. */
  static Optional<Caller> caller(Headers headers) {
    Optional<String> owner = headers.first("x-w7s-rpc-caller-owner");
    Optional<String> repo = headers.first("x-w7s-rpc-caller-repo");
    if (!headers.has("x-w7s-rpc") || owner.isEmpty() || repo.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Caller(
            new AppId(owner.get(), repo.get()),
            headers
                .first("x-w7s-rpc-caller-environment")
                .map(Environment::of)
                .orElse(Environment.PRODUCTION)));
  }

  @Override
  public HandlerKind kind() {
    return HandlerKind.RPC;
  }
}
