package io.w7s.sdk.internal.call;

import io.w7s.sdk.Headers;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.text.PathTemplate;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.rpc.RpcOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@link RpcClient} over the call pipeline. */
public final class DefaultRpcClient implements RpcClient {

  /** The methods that may be repeated without doing the work twice. */
  private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");

  private static final Headers JSON_ANSWER = Headers.of("accept", "application/json");
  private static final Headers JSON_BOTH_WAYS =
      JSON_ANSWER.with("content-type", "application/json");

  private final ClientContext context;
  private final RpcOptions defaults;

  /** Calls for one app. */
  public DefaultRpcClient(ClientContext context) {
    this(context, new RpcOptions(context.defaults()));
  }

  private DefaultRpcClient(ClientContext context, RpcOptions defaults) {
    this.context = context;
    this.defaults = defaults;
  }

  @Override
  public RpcClient with(Consumer<RpcOptions> options) {
    return new DefaultRpcClient(context, applied(options));
  }

  @Override
  public <I, O> @Nullable O call(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
    RpcOptions effective = applied(options);
    RpcCall call = operation(route, body, effective);
    return result(route, call, context.pipeline().call(call, effective.callOptions()));
  }

  @Override
  public <I, O> CompletableFuture<@Nullable O> callAsync(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
    return Async.guarded(
        () -> {
          RpcOptions effective = applied(options);
          RpcCall call = operation(route, body, effective);
          return Async.then(
              context.pipeline().callAsync(call, effective.callOptions()),
              completed -> result(route, call, completed));
        });
  }

  @Override
  public <I, O> RpcResponse<O> exchange(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
    RpcOptions effective = applied(options);
    RpcCall call = operation(route, body, effective);
    return response(route, context.pipeline().call(call, effective.callOptions()));
  }

  @Override
  public <I, O> CompletableFuture<RpcResponse<O>> exchangeAsync(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
    return Async.guarded(
        () -> {
          RpcOptions effective = applied(options);
          RpcCall call = operation(route, body, effective);
          return Async.then(
              context.pipeline().callAsync(call, effective.callOptions()),
              completed -> response(route, completed));
        });
  }

  @Override
  public <I> RpcStream stream(RpcRef<I, ?> route, @Nullable I body, Consumer<RpcOptions> options) {
    RpcOptions effective = applied(options);
    return context.pipeline().stream(operation(route, body, effective), effective.callOptions());
  }

  private RpcOptions applied(Consumer<RpcOptions> options) {
    var effective = new RpcOptions(defaults);
    options.accept(effective);
    return effective;
  }

  private <I> RpcCall operation(RpcRef<I, ?> route, @Nullable I body, RpcOptions options) {
    byte[] json = body == null ? null : Bodies.write(context.codec(), body, route.input());
    return new RpcCall(
        route.app(),
        route.method(),
        route.path(),
        PathTemplate.expand(route.path(), options.variables()),
        options.query(),
        (json == null ? JSON_ANSWER : JSON_BOTH_WAYS).with(options.headers()),
        json,
        options.callOptions().duplicatesAllowed() || REPEATABLE.contains(route.method()));
  }

  private <O> @Nullable O result(
      RpcRef<?, O> route, RpcCall call, CallPipeline.Completed<RawResponse> completed) {
    RpcResponse<O> response = response(route, completed);
    if (!response.ok()) {
      throw Failures.rpcFailed(
          call, completed.result(), completed.attempts(), context.time().now());
    }
    return response.body();
  }

  private <O> RpcResponse<O> response(
      RpcRef<?, O> route, CallPipeline.Completed<RawResponse> completed) {
    RawResponse answer = completed.result();
    return new RpcResponse<>(
        answer.status(), answer.headers(), answer.body(), route.output(), context.codec());
  }
}
