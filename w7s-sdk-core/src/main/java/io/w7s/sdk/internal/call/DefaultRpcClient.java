package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.text.PathTemplate;
import io.w7s.sdk.internal.text.TraceParent;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.rpc.RpcOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@link RpcClient} over the call pipeline. */
public final class DefaultRpcClient implements RpcClient {

  /** The methods that may be repeated without doing the work twice. */
  private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");

  private static final String JSON = "application/json";
  private static final Headers ACCEPT_JSON = Headers.of("accept", JSON);
  private static final Headers SEND_AND_ACCEPT_JSON = ACCEPT_JSON.with("content-type", JSON);
  private static final Headers ACCEPT_ANY = Headers.of("accept", "*/*");

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
    var changed = new RpcOptions(defaults);
    options.accept(changed);
    return new DefaultRpcClient(context, changed);
  }

  @Override
  public <I, O> @Nullable O call(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
    return context.pipeline().call(new BodyCall<>(route, body, options));
  }

  @Override
  public <I, O> CompletableFuture<@Nullable O> callAsync(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
    return context.pipeline().callAsync(() -> new BodyCall<>(route, body, options));
  }

  @Override
  public <I, O> RpcResponse<O> exchange(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
    return context.pipeline().call(new ResponseCall<>(route, body, options));
  }

  @Override
  public <I, O> CompletableFuture<RpcResponse<O>> exchangeAsync(
      RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
    return context.pipeline().callAsync(() -> new ResponseCall<>(route, body, options));
  }

  @Override
  public <I> RpcStream stream(RpcRef<I, ?> route, @Nullable I body, Consumer<RpcOptions> options) {
    return context.pipeline().stream(new ResponseCall<>(route, body, options));
  }

  /** A call of a route, whatever its caller gets. */
  private abstract class RouteCall<I, O, T extends @Nullable Object>
      extends ClientCall<RawResponse, T> {

    private final RpcRef<I, O> route;
    private final @Nullable I body;
    private final RpcOptions options = new RpcOptions(defaults);
    private final CallOptions callOptions;
    private final String path;

    RouteCall(RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> changes) {
      if (body == null && route.input().type() == RawBody.class) {
        // the target would read it as a body of no bytes, such as an empty file
        throw new InvalidInputException(
            "RPC body", "null", "a RawBody, because that is the input of the route");
      }
      this.route = route;
      this.body = body;
      changes.accept(options);
      callOptions = options.callOptions();
      path = PathTemplate.expand(route.path(), options.variables());
    }

    @Override
    public Kind kind() {
      return Kind.RPC;
    }

    @Override
    public String name() {
      return kind().label() + " " + route.method();
    }

    @Override
    public String target() {
      return route.app() + path;
    }

    @Override
    public String targetTemplate() {
      return route.app() + route.path();
    }

    @Override
    public Optional<String> traceParent() {
      return options.headers().first(TraceParent.NAME);
    }

    @Override
    boolean setTraceParent(String traceParent) {
      options.header(TraceParent.NAME, TraceParent.checked(traceParent));
      return true;
    }

    @Override
    boolean setHeader(String name, String value) {
      options.header(name, value);
      return true;
    }

    @Override
    CallOptions options() {
      return callOptions;
    }

    @Override
    Operation<RawResponse> operation() {
      RawBody raw = raw();
      return new RpcCall(
          route.app(),
          route.method(),
          route.path(),
          path,
          options.query(),
          headers(raw).with(options.headers()),
          raw,
          callOptions.duplicatesAllowed() || REPEATABLE.contains(route.method()));
    }

    /** Returns the body as it is sent; null for none. */
    private @Nullable RawBody raw() {
      if (body == null || body instanceof RawBody) {
        return (RawBody) body;
      }
      return RawBody.of(JSON, Bodies.write(context.codec(), body, route.input()));
    }

    private Headers headers(@Nullable RawBody raw) {
      boolean acceptsJson = route.output().type() != RawBody.class;
      if (acceptsJson && raw != null && !(body instanceof RawBody)) {
        return SEND_AND_ACCEPT_JSON;
      }
      Headers accept = acceptsJson ? ACCEPT_JSON : ACCEPT_ANY;
      return raw == null ? accept : accept.with("content-type", raw.contentType());
    }

    RpcResponse<O> typed(Operation<RawResponse> sent, RawResponse response) {
      var codec = new SecretKeepingCodec(context.codec(), (RpcCall) sent, response.headers());
      return new RpcResponse<>(
          response.status(), response.headers(), response.body(), route.output(), codec);
    }
  }

  /** A call whose caller gets the response. */
  private final class ResponseCall<I, O> extends RouteCall<I, O, RpcResponse<O>> {

    ResponseCall(RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
      super(route, body, options);
    }

    @Override
    RpcResponse<O> result(Operation<RawResponse> sent, RawResponse response, int attempts) {
      return typed(sent, response);
    }
  }

  /** A call whose caller gets the decoded body, or an exception for a failure. */
  private final class BodyCall<I, O> extends RouteCall<I, O, @Nullable O> {

    BodyCall(RpcRef<I, O> route, @Nullable I body, Consumer<RpcOptions> options) {
      super(route, body, options);
    }

    @Override
    @SuppressWarnings("NullAway") // it does not read that the type argument may be null
    @Nullable O result(Operation<RawResponse> sent, RawResponse response, int attempts) {
      if (!response.isSuccess()) {
        throw CallExceptions.rpcFailed((RpcCall) sent, response, attempts, context.time().now());
      }
      return typed(sent, response).body();
    }
  }
}
