package io.w7s.sdk.app;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
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
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers a route of the app's own. */
final class RpcRoute<I> implements Route {

  private static final TypeRef<Object> ANY = TypeRef.of(Object.class);

  private interface Answerer<I> {
    AppResponse answer(RpcRequest<I> request, JsonCodec codec) throws Exception;
  }

  private final RpcRef<I, ?> route;
  private final Answerer<I> answerer;

  private RpcRoute(RpcRef<I, ?> route, Answerer<I> answerer) {
    this.route = route;
    this.answerer = answerer;
  }

  static <I, O> RpcRoute<I> ofResult(RpcRef<I, O> route, RpcHandler<I, O> handler) {
    return new RpcRoute<>(
        route,
        (request, codec) -> {
          @Nullable O result = handler.handle(request);
          return result == null
              ? Responses.empty(204, Headers.none())
              : Responses.json(200, Bodies.write(codec, result, route.output()));
        });
  }

  static <I> RpcRoute<I> ofReply(RpcRef<I, ?> route, RpcHandler<I, RpcReply> handler) {
    return new RpcRoute<>(
        route,
        (request, codec) -> {
          RpcReply reply =
              requireNonNull(handler.handle(request), "the handler returned null, not a reply");
          Object body = reply.body();
          return body == null
              ? Responses.empty(reply.status(), reply.headers())
              : Responses.json(reply.status(), reply.headers(), encode(body, route, codec));
        });
  }

  /**
   * The route's type describes what it promises; any other body, such as a failure's, speaks for
   * itself.
   */
  private static byte[] encode(Object body, RpcRef<?, ?> route, JsonCodec codec) {
    Type declared = route.output().type();
    Type raw = declared instanceof ParameterizedType generic ? generic.getRawType() : declared;
    boolean promised = raw instanceof Class<?> type && type.isInstance(body);
    return Bodies.write(codec, body, promised ? route.output() : ANY);
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, JsonCodec codec)
      throws BadRequest, HandlerFailure {
    RpcRequest<I> read = read(request, variables, codec);
    try {
      return answerer.answer(read, codec);
    } catch (Exception thrown) {
      throw new HandlerFailure("handler of " + route.method() + " " + route.path(), thrown);
    }
  }

  private RpcRequest<I> read(AppRequest request, Map<String, String> variables, JsonCodec codec)
      throws BadRequest {
    try {
      return new RpcRequest<>(
          request.method(),
          request.path(),
          variables,
          PercentEncoding.query(request.query()),
          request.headers(),
          Bodies.read(codec, JsonSlice.of(request.body()), route.input()),
          caller(request.headers()));
    } catch (CodecException | InvalidInputException unreadable) {
      throw new BadRequest(unreadable);
    }
  }

  /** Who calls by RPC; empty for a request that is none. */
  static Optional<Caller> caller(Headers headers) {
    Optional<String> owner = headers.first("x-w7s-rpc-caller-owner");
    Optional<String> repo = headers.first("x-w7s-rpc-caller-repo");
    if (headers.first("x-w7s-rpc").isEmpty() || owner.isEmpty() || repo.isEmpty()) {
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
  public boolean isDelivery() {
    return false;
  }
}
