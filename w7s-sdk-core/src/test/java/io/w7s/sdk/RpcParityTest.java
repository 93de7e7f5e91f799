package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What every RPC does, blocking and async alike. */
class RpcParityTest extends ClientParity {

  private static final RpcRef<RawBody, RawBody> AVATAR =
      AppRef.of("acme/web").put("/avatar", RawBody.class, RawBody.class);

  @TestFactory
  Stream<DynamicTest> rpcCalls() {
    session(
        "a call returns the decoded body",
        List.of(rpc(200, "{\"user\":\"ann\"}")),
        outcome -> {
          assertThat(outcome.result()).isEqualTo(new Session("ann"));
          RpcCall call = outcome.onlySent(RpcCall.class);
          assertThat(call.body()).isNull();
          assertThat(call.headers().first("accept")).contains("application/json");
          assertThat(call.headers().has("content-type")).isFalse();
        });
    session(
        "JSON null is null",
        List.of(rpc(200, "null")),
        outcome -> {
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.result()).isNull();
        });
    session(
        "an empty response is null",
        List.of(rpc(204, "")),
        outcome -> {
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.result()).isNull();
        });
    rule(
        "path variables, query and headers are encoded into the request",
        List.of(rpc(200, "{\"user\":\"ann\"}")),
        w7s ->
            w7s.rpc()
                .call(
                    LOGIN,
                    JOB,
                    call ->
                        call.variable("user", "a b+é").query("x", "1&2").header("cookie", "c=1")),
        w7s ->
            w7s.rpc()
                .callAsync(
                    LOGIN,
                    JOB,
                    call ->
                        call.variable("user", "a b+é").query("x", "1&2").header("cookie", "c=1")),
        outcome -> {
          RpcCall call = outcome.onlySent(RpcCall.class);
          assertThat(call.path()).isEqualTo("/users/a%20b%2B%C3%A9/login");
          assertThat(call.query()).isEqualTo("x=1%262");
          assertThat(call.headers().first("cookie")).contains("c=1");
          assertThat(call.headers().first("content-type")).contains("application/json");
        });
    rule(
        "a derived client starts from its own options",
        List.of(rpc(200, "{\"user\":\"ann\"}")),
        w7s -> w7s.rpc().with(call -> call.header("cookie", "c=1")).call(SESSION),
        w7s -> w7s.rpc().with(call -> call.header("cookie", "c=1")).callAsync(SESSION),
        outcome ->
            assertThat(outcome.onlySent(RpcCall.class).headers().first("cookie")).contains("c=1"));
    rule(
        "a missing path variable is refused before anything is sent",
        List.of(),
        w7s -> w7s.rpc().call(LOGIN, JOB),
        w7s -> w7s.rpc().callAsync(LOGIN, JOB),
        outcome -> outcome.failed(InvalidInputException.class));
    session(
        "a target's failure is an exception with its status and body, not retried",
        List.of(rpc(500, "boom")),
        outcome -> {
          RpcFailedException failure = outcome.failed(RpcFailedException.class);
          assertThat(failure.status()).isEqualTo(500);
          assertThat(failure.body()).isEqualTo("boom");
          assertThat(failure)
              .hasMessage("RPC GET to acme/auth/session failed with status 500: boom");
        });
    session(
        "a target's 503 to a GET is retried after the wait it asks for",
        List.of(rpc(503, Headers.of("retry-after", "2"), ""), rpc(200, "{\"user\":\"ann\"}")),
        outcome -> {
          assertThat(outcome.result()).isEqualTo(new Session("ann"));
          assertThat(outcome.waits()).containsExactly(Duration.ofSeconds(2));
        });
    for (String now :
        List.of(
            "0",
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994")) {
      session(
          "a retry after '" + now + "' still leaves a pause",
          List.of(rpc(503, Headers.of("retry-after", now), ""), rpc(200, "{\"user\":\"ann\"}")),
          outcome -> assertThat(outcome.waits()).singleElement().isNotEqualTo(Duration.ZERO));
    }
    session(
        "an absurd retry-after is more than the policy allows",
        List.of(rpc(503, Headers.of("retry-after", "9".repeat(30)), "")),
        outcome ->
            assertThat(outcome.failed(RpcFailedException.class).retryAt()).hasValue(Instant.MAX));
    rule(
        "a target's 503 to a POST is not retried",
        List.of(rpc(503, "")),
        w7s -> w7s.rpc().call(LOGIN, JOB, call -> call.variable("user", "u")),
        w7s -> w7s.rpc().callAsync(LOGIN, JOB, call -> call.variable("user", "u")),
        outcome -> assertThat(outcome.failed(RpcFailedException.class).retryable()).isFalse());
    session(
        "a GET whose delivery is unknown is retried",
        List.of(CUT, rpc(200, "{\"user\":\"ann\"}")),
        outcome -> assertThat(outcome.result()).isEqualTo(new Session("ann")));
    session(
        "a timeout is its own exception",
        List.of(timedOut(), timedOut(), timedOut()),
        outcome -> {
          CallTimeoutException failure = outcome.failed(CallTimeoutException.class);
          assertThat(failure.attempts()).isEqualTo(3);
          assertThat(failure.mayHaveBeenDelivered()).isTrue();
        });
    session(
        "a response of another type is a codec exception with the type",
        List.of(rpc(200, "[1]")),
        outcome -> assertThat(outcome.failed(CodecException.class).type()).contains("Session"));
    session(
        "an interrupted attempt is not retried",
        List.of(new Outcome.NoResponse<>(Outcome.Failure.INTERRUPTED, true, "interrupted", null)),
        outcome -> outcome.failed(TransportException.class));
    rule(
        "an exchange returns any status",
        List.of(rpc(404, Headers.of("x-reason", "gone"), "{\"user\":\"nobody\"}")),
        w7s -> view(w7s.rpc().exchange(SESSION)),
        w7s -> w7s.rpc().exchangeAsync(SESSION).thenApply(RpcParityTest::view),
        outcome -> assertThat(outcome.result()).isEqualTo("404 [x-reason] Session[user=nobody]"));
    rawBodies();
    return tests.stream();
  }

  private void rawBodies() {
    rule(
        "a raw body is sent as it is, with its content type",
        List.of(rpc(200, Headers.of("content-type", "image/webp"), "w")),
        w7s -> w7s.rpc().call(AVATAR, RawBody.of("image/png", new byte[] {1})),
        w7s -> w7s.rpc().callAsync(AVATAR, RawBody.of("image/png", new byte[] {1})),
        outcome -> {
          RpcCall call = outcome.onlySent(RpcCall.class);
          assertThat(call.body().bytes()).containsExactly(1);
          assertThat(call.headers().all("content-type")).containsExactly("image/png");
          assertThat(call.headers().all("accept")).containsExactly("*/*");
          assertThat(outcome.result()).hasToString("RawBody[image/webp, 1 bytes]");
        });
    rule(
        "a body whose source can be asked again is retried",
        List.of(CUT, rpc(200, "")),
        w7s -> w7s.rpc().call(AVATAR, RawBody.from("a/b", InputStream::nullInputStream)),
        w7s -> w7s.rpc().callAsync(AVATAR, RawBody.from("a/b", InputStream::nullInputStream)),
        outcome ->
            assertThat(outcome.result()).hasToString("RawBody[application/octet-stream, 0 bytes]"));
    rule(
        "a response without content is null and not a raw body of no bytes",
        List.of(rpc(204, "")),
        w7s -> w7s.rpc().call(AVATAR, RawBody.of("a/b", new byte[0])),
        w7s -> w7s.rpc().callAsync(AVATAR, RawBody.of("a/b", new byte[0])),
        outcome -> {
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.result()).isNull();
        });
    rule(
        "a raw body that is null is refused before anything is sent",
        List.of(),
        w7s -> w7s.rpc().call(AVATAR, null),
        w7s -> w7s.rpc().callAsync(AVATAR, null),
        outcome -> {
          assertThat(outcome.failed(InvalidInputException.class))
              .hasMessageStartingWith("RPC body: found null, must be a RawBody");
          assertThat(outcome.sent()).isEmpty();
        });
    for (Outcome<?> once : List.of(CUT, UNREACHABLE, limited(Duration.ZERO), rpc(503, ""))) {
      rule(
          "a stream that can be read once is not sent again after " + once,
          List.of(once),
          w7s -> w7s.rpc().call(AVATAR, RawBody.once("a/b", InputStream.nullInputStream())),
          w7s -> w7s.rpc().callAsync(AVATAR, RawBody.once("a/b", InputStream.nullInputStream())),
          outcome ->
              assertThat(outcome.failure())
                  .asInstanceOf(type(CallException.class))
                  .returns(1, CallException::attempts));
    }
  }

  private static String view(RpcResponse<Session> response) {
    return response.status() + " " + response.headers() + " " + response.body();
  }
}
