package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.rpc.RpcOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.rpc.RpcResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RPCs: what the target receives, and what the caller gets back. */
public abstract class RpcContract extends ContractTests {

  private static final int MANY = 100;

  private static final RpcRef<Void, Text> ITEM =
      AppRef.of("acme/worker").get("/items/{id}", Text.class);

  /**
   * Creates the tests.
   *
   * @param fixtures opens a fixture for each test, in which these limits apply
   */
  protected RpcContract(Function<Limits, TransportFixture> fixtures) {
    super(fixtures);
  }

  @ParameterizedTest
  @EnumSource
  void anRpcReturnsTheResponseOfItsTarget(CallStyle style) {
    deploy(worker().build());

    assertThat(echo(style, shop(), "a")).isEqualTo(new Text("echo a"));
  }

  @Test
  void pathQueryAndHeadersReachTheTarget() {
    RpcRequest<Void> request =
        seen(
            call ->
                call.variable("id", "a b")
                    .query("page", 2)
                    .query("q", "x&y")
                    .header("x-mine", "1"));

    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.variable("id")).isEqualTo("a b");
    assertThat(request.query("page")).contains("2");
    assertThat(request.query("q")).contains("x&y");
    assertThat(request.headers().first("x-mine")).contains("1");
  }

  @Test
  void theTargetLearnsTheCallerButNoToken() {
    RpcRequest<Void> request = seen(call -> call.variable("id", "a"));

    assertThat(request.caller()).contains(new Caller(SHOP, PREVIEW));
    assertThat(request.headers().has("authorization")).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void statusHeadersAndBodyOfAResponseComeBack(CallStyle style) {
    W7s shop =
        replying(
            request ->
                RpcReply.of(201, new Text("made"))
                    .headers(Headers.of("set-cookie", "a=1").plus("set-cookie", "b=2")));

    RpcResponse<Text> response = item(style, shop, "a");

    assertThat(response.status()).isEqualTo(201);
    assertThat(response.headers().all("set-cookie")).containsExactly("a=1", "b=2");
    assertThat(response.headers().first("content-type")).contains("application/json");
    assertThat(response.body()).isEqualTo(new Text("made"));
  }

  @ParameterizedTest
  @EnumSource
  void aResponseWithoutABodyIsNull(CallStyle style) {
    W7s shop = replying(request -> RpcReply.empty(204));

    RpcResponse<Text> response = item(style, shop, "a");

    assertThat(response.status()).isEqualTo(204);
    assertThat(response.bytes()).isEmpty();
    assertThat(response.body()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205, 304})
  void aStatusThatAllowsNoBodyHasNone(int status) {
    fixture()
        .deploy(
            Deployment.of(
                    WORKER,
                    Manifest.empty(),
                    request ->
                        new AppResponse(
                            status,
                            Headers.of("content-type", "application/json"),
                            "{\"text\":\"lost\"}".getBytes(StandardCharsets.UTF_8)))
                .in(PREVIEW));

    RpcResponse<Text> response = item(CallStyle.BLOCKING, shop(), "a");

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.bytes()).isEmpty();
    assertThat(response.body()).isNull();
  }

  @Test
  void theResponseToHeadHasNoBody() {
    RpcRef<Void, Text> head =
        AppRef.of("acme/worker")
            .rpc("HEAD", "/text", TypeRef.of(Void.class), TypeRef.of(Text.class));
    deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .onReply(head, request -> RpcReply.of(200, new Text("lost")).header("x-mine", "1"))
            .build());

    RpcResponse<Text> response = shop().rpc().exchange(head);

    assertThat(response.headers().first("x-mine")).contains("1");
    assertThat(response.bytes()).isEmpty();
    assertThat(response.body()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"content-encoding", "content-length", "transfer-encoding"})
  void aReplyWithAHeaderOfTheServerFails(String name) {
    W7s shop = replying(request -> RpcReply.of(200, new Text("as it is")).header(name, "gzip"));

    assertThat(item(CallStyle.BLOCKING, shop, "a").status()).isEqualTo(500);
  }

  @ParameterizedTest
  @EnumSource
  void anErrorStatusOfTheTargetIsAnRpcFailedException(CallStyle style) {
    W7s shop = replying(request -> RpcReply.of(404, new Text("no such item")).header("x-why", "1"));

    assertThat(item(style, shop, "a").status()).isEqualTo(404);
    assertThatThrownBy(
            () ->
                style.call(
                    () -> shop.rpc().call(ITEM, null, call -> call.variable("id", "a")),
                    () -> shop.rpc().callAsync(ITEM, null, call -> call.variable("id", "a"))))
        .asInstanceOf(type(RpcFailedException.class))
        .satisfies(
            failed -> {
              assertThat(failed.status()).isEqualTo(404);
              assertThat(failed.headers().first("x-why")).contains("1");
              assertThat(failed.body()).isEqualTo("{\"text\":\"no such item\"}");
              assertThat(failed.target()).isEqualTo("acme/worker/items/a");
            });
  }

  @ParameterizedTest
  @EnumSource
  void aHandlerThatThrowsGivesStatus500(CallStyle style) {
    deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                ECHO,
                request -> {
                  throw new IllegalStateException("of the handler");
                })
            .build());
    W7s shop = shop();

    assertThatThrownBy(() -> echo(style, shop, "a"))
        .asInstanceOf(type(RpcFailedException.class))
        .satisfies(failed -> assertThat(failed.status()).isEqualTo(500));
  }

  @Test
  void anyUnicodeInPathAndQueryIsPreserved() {
    W7s shop =
        replying(
            request ->
                RpcReply.of(
                    200, new Text(request.variable("id") + " " + request.query("q").orElse(""))));

    Text seen =
        shop.rpc().call(ITEM, null, call -> call.variable("id", "Grüße a+b").query("q", "世界+🚀"));

    assertThat(seen).isEqualTo(new Text("Grüße a+b 世界+🚀"));
  }

  @Test
  void aHundredConcurrentAsyncCallsEachGetTheirResponse() {
    deploy(worker().build());
    W7s shop = shop();

    List<CompletableFuture<Text>> calls = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      calls.add(shop.rpc().callAsync(ECHO, new Text("" + i)));
    }

    for (int i = 0; i < MANY; i++) {
      assertThat(calls.get(i).join()).isEqualTo(new Text("echo " + i));
    }
  }

  @Test
  void aHundredConcurrentBlockingCallsEachGetTheirResponse() throws Exception {
    deploy(worker().build());
    W7s shop = shop();
    ExecutorService threads = Executors.newFixedThreadPool(20);
    try {
      List<Future<Text>> calls = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        String text = "" + i;
        calls.add(threads.submit(() -> shop.rpc().call(ECHO, new Text(text))));
      }

      for (int i = 0; i < MANY; i++) {
        assertThat(calls.get(i).get()).isEqualTo(new Text("echo " + i));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Deploys a route with a handler of the test, and returns the calling app. */
  private W7s replying(Function<RpcRequest<Void>, RpcReply<Text>> handler) {
    deploy(W7sApp.builder(AppRef.of("acme/worker")).onReply(ITEM, handler::apply).build());
    return shop();
  }

  private static RpcResponse<Text> item(CallStyle style, W7s w7s, String id) {
    return style.call(
        () -> w7s.rpc().exchange(ITEM, null, call -> call.variable("id", id)),
        () -> w7s.rpc().exchangeAsync(ITEM, null, call -> call.variable("id", id)));
  }

  /** Makes a call, and returns the request that its handler received. */
  private RpcRequest<Void> seen(Consumer<RpcOptions> options) {
    List<RpcRequest<Void>> seen = new ArrayList<>();
    W7s shop =
        replying(
            request -> {
              seen.add(request);
              return RpcReply.empty(204);
            });
    shop.rpc().exchange(ITEM, null, options);
    return seen.get(0);
  }
}
