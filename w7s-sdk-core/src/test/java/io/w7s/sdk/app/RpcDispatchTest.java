package io.w7s.sdk.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests reach their handler, and how its result becomes a response. */
class RpcDispatchTest extends AppRequests {

  @Test
  void readsVariablesQueryHeadersBodyAndCaller() {
    var seen = new ArrayList<RpcRequest<Order>>();
    W7sApp app =
        worker()
            .on(
                TOTAL,
                request -> {
                  seen.add(request);
                  return new Total(1);
                })
            .build();

    AppResponse response =
        send(
            app,
            "POST",
            "/totals/e%C3%BCr%20o",
            "a=1&a=2&b=x+y%21",
            Headers.of("x-w7s-rpc", "1")
                .with("x-w7s-rpc-caller-owner", "acme")
                .with("x-w7s-rpc-caller-repo", "web")
                .with("x-w7s-rpc-caller-environment", "production")
                .with("cookie", "c=1"),
            "{\"orderId\":\"o1\"}");

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers().first("content-type")).contains("application/json");
    RpcRequest<Order> request = seen.get(0);
    assertThat(request.variable("currency")).isEqualTo("eür o");
    assertThat(request.query()).isEqualTo(Map.of("a", List.of("1", "2"), "b", List.of("x y!")));
    assertThat(request.query("b")).contains("x y!");
    assertThat(request.body()).isEqualTo(new Order("o1"));
    assertThat(request.caller()).hasToString("Optional[acme/web (production)]");
    assertThat(request.toString()).doesNotContain("c=1").doesNotContain("o1");
  }

  @Test
  void writesStatusHeadersAndBodyOfAReply() {
    W7sApp app =
        worker()
            .onReply(TOTAL, request -> RpcReply.of(201, new Total(7)).header("x-a", "b"))
            .build();

    AppResponse response = post(app, "/totals/eur", "{\"orderId\":\"o1\"}");

    assertThat(response.status()).isEqualTo(201);
    assertThat(response.headers().first("x-a")).contains("b");
    assertThat(text(response)).isEqualTo("{\"amount\":7}");
  }

  @ParameterizedTest
  @CsvSource({
    "/a%20b, /a%20b",
    "/a%20b, /%61%20%62",
    "/caf%C3%A9, /caf%c3%a9",
    "/caf%C3%A9, /caf\u00e9",
    "/caf%C3%A9, /%63af%C3%A9",
    "/orders/%6Eew, /orders/new",
    "/orders/new, /orders/%6Eew",
    "/orders/new, /%6frders/ne%77",
    "/x+y, /x%2By",
    "/~me, /%7Eme"
  })
  void findsALiteralRouteHoweverItsPathIsEscaped(String route, String requested) {
    W7sApp app = literal(route);

    assertThat(send(app, "GET", requested, "", Headers.none(), "").status()).isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b, /a%2Fb",
    "/a/b, /a%2fb",
    "/a%20b, /a+b",
    "/a%20b, /a%2520b",
    "/new, /ne%77%",
    "/new, /%FFnew",
    "/new, /NEW"
  })
  void doesNotTakeAnotherPathForALiteralRoute(String route, String requested) {
    W7sApp app = literal(route);

    assertThat(send(app, "GET", requested, "", Headers.none(), "").status()).isEqualTo(404);
  }

  private static W7sApp literal(String route) {
    RpcRef<Void, Void> ref = AppRef.of("acme/worker").get(route, Void.class);
    return worker().on(ref, request -> null).build();
  }

  @Test
  void handsARawBodyOverAsItCame() {
    var seen = new ArrayList<RawBody>();
    RpcRef<RawBody, RawBody> raw =
        AppRef.of("acme/worker").post("/raw", RawBody.class, RawBody.class);
    W7sApp app =
        worker()
            .onReply(
                raw,
                request -> {
                  seen.add(request.body());
                  return RpcReply.of(201, RawBody.of("image/webp", new byte[] {3}));
                })
            .build();

    AppResponse response =
        send(app, "POST", "/raw", "", Headers.of("content-type", "a/b"), "no JSON");
    send(app, "POST", "/raw", "", Headers.none(), "");

    assertThat(seen.get(0).contentType()).isEqualTo("a/b");
    assertThat(seen.get(0).bytes()).asString(UTF_8).isEqualTo("no JSON");
    assertThat(seen.get(1)).hasToString("RawBody[application/octet-stream, 0 bytes]");
    assertThat(response.status()).isEqualTo(201);
    assertThat(response.headers().all("content-type")).containsExactly("image/webp");
    assertThat(response.body()).containsExactly(3);
  }

  @Test
  void writesAnErrorReplyOfAnyType() {
    W7sApp app =
        worker()
            .onReply(
                TOTAL,
                request ->
                    RpcReply.<Total>error(422, Map.of("error", "no such currency"))
                        .header("x-a", "b"))
            .build();

    AppResponse response = post(app, "/totals/xyz", "{\"orderId\":\"o1\"}");

    assertThat(response.status()).isEqualTo(422);
    assertThat(response.headers().first("x-a")).contains("b");
    assertThat(response.headers().first("content-type")).contains("application/json");
    assertThat(text(response)).isEqualTo("{\"error\":\"no such currency\"}");
  }

  @Test
  void writesAnEmptyReplyWithoutABody() {
    W7sApp app = worker().onReply(TOTAL, request -> RpcReply.empty(202)).build();

    AppResponse response = post(app, "/totals/eur", "{\"orderId\":\"o1\"}");

    assertThat(response.status()).isEqualTo(202);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().has("content-type")).isFalse();
  }

  /** The elements carry the names of their subtypes only when they are written as shapes. */
  @Test
  void writesAReplyAsTheTypeOfTheRoute() {
    RpcRef<Void, List<Shape>> shapes = WORKER_APP.get("/shapes", new TypeRef<List<Shape>>() {});
    W7sApp app =
        worker().onReply(shapes, request -> RpcReply.of(200, List.of(new Shape.Circle(1)))).build();

    assertThat(text(send(app, "GET", "/shapes", "", Headers.none(), "")))
        .isEqualTo("[{\"kind\":\"circle\",\"radius\":1}]");
  }

  @ParameterizedTest
  @ValueSource(ints = {199, 600, -1})
  void refusesAReplyWithoutAStatusOfHttp(int status) {
    assertThatThrownBy(() -> RpcReply.of(status, "x"))
        .hasMessage("reply status: found %d, must be 200 to 599", status);
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205, 304})
  void refusesABodyWithAStatusThatAllowsNone(int status) {
    assertThatThrownBy(() -> RpcReply.of(status, "x"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "reply body: found a body with status %d, must be null, because HTTP allows none with"
                + " it",
            status);
    assertThat(RpcReply.empty(status).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Encoding", "content-length", "transfer-encoding", "date"})
  void refusesAHeaderThatBelongsToTheServer(String name) {
    String message =
        "reply header: found \"%s\", must be a header that does not belong to the server"
            .formatted(name.toLowerCase(Locale.ROOT));

    assertThatThrownBy(() -> RpcReply.of(200, "x").header(name, "gzip"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> RpcReply.of(200, "x").headers(Headers.of(name, "gzip")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @Test
  void refusesAnErrorWithTheStatusOfASuccess() {
    assertThatThrownBy(() -> RpcReply.error(204, "x"))
        .hasMessage("reply status: found 204, must be 400 to 599");
  }

  @Test
  void handsRawJsonOnByteForByte() {
    RpcRef<RawJson, RawJson> echo = WORKER_APP.post("/echo", RawJson.class, RawJson.class);
    W7sApp app = worker().on(echo, RpcRequest::body).codec(new FailingCodec()).build();

    AppResponse response = post(app, "/echo", " { \"n\" : 1.50 } ");

    assertThat(response.headers().first("content-type")).contains("application/json");
    assertThat(text(response)).isEqualTo(" { \"n\" : 1.50 } ");
    for (String notJson : List.of("", "{", "{} {}", "<html>")) {
      assertThat(post(app, "/echo", notJson).status()).as(notJson).isEqualTo(400);
    }
  }

  @Test
  void passesABrokenEscapeOfAQueryToTheHandler() {
    W7sApp app =
        worker()
            .on(
                WORKER_APP.get("/search", String.class),
                request -> request.query("q").orElseThrow())
            .build();

    AppResponse response = send(app, "GET", "/search", "q=100%+of%20it", Headers.none(), "");

    assertThat(response.status()).isEqualTo(200);
    assertThat(text(response)).isEqualTo("\"100% of it\"");
  }

  @Test
  void respondsWith204WhenAVoidHandlerReturnsAndWith500WhenItThrows() {
    var deleted = new ArrayList<String>();
    W7sApp app =
        worker()
            .onVoid(
                WORKER_APP.delete("/orders/{id}", Void.class),
                request -> {
                  if (request.variable("id").equals("none")) {
                    throw new IOException("no such order");
                  }
                  deleted.add(request.variable("id"));
                })
            .onVoid(
                WORKER_APP.put("/orders/{id}", Order.class, Void.class),
                request -> deleted.remove(request.variable("id")))
            .build();

    AppResponse response = send(app, "DELETE", "/orders/1", "", Headers.none(), "");
    assertThat(response.status()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(deleted).containsExactly("1");

    String order = "{\"orderId\":\"o1\"}";
    assertThat(send(app, "PUT", "/orders/1", "", Headers.none(), order).status()).isEqualTo(204);
    assertThat(deleted).isEmpty();

    AppResponse failed = send(app, "DELETE", "/orders/none", "", Headers.none(), "");
    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.failures()).hasSize(1);
  }

  @Test
  void respondsWith204ToANullResult() {
    W7sApp app =
        worker().on(WORKER_APP.delete("/orders/{id}", Void.class), request -> null).build();

    AppResponse response = send(app, "DELETE", "/orders/1", "", Headers.none(), "");

    assertThat(response.status()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void tellsTheCallerNothingOfAFailure() {
    W7sApp app =
        worker()
            .on(
                TOTAL,
                request -> {
                  throw new java.io.IOException("jdbc:secret");
                })
            .build();

    AppResponse response = post(app, "/totals/eur", "{\"orderId\":\"o1\"}");

    assertThat(response.status()).isEqualTo(500);
    assertThat(text(response)).doesNotContain("secret");
    assertThat(log.list.get(0).getFormattedMessage())
        .isEqualTo(
            "handler of POST /totals/{currency} in acme/worker failed:"
                + " java.io.IOException: jdbc:secret");
  }

  @Test
  void failsARequestWhoseHandlerReturnsNoReply() {
    W7sApp app = worker().onReply(TOTAL, request -> null).build();

    assertThat(post(app, "/totals/eur", "{\"orderId\":\"o1\"}").status()).isEqualTo(500);
    assertThat(lines())
        .singleElement()
        .asString()
        .contains("the handler returned null, not a reply");
  }

  /** A result that cannot be written when it is negative. */
  record Balance(int amount) {
    @Override
    public int amount() {
      if (amount < 0) {
        throw new IllegalStateException("overdrawn");
      }
      return amount;
    }
  }

  @Test
  void failsARequestWhoseResultCannotBeWritten() {
    RpcRef<Void, Balance> route = WORKER_APP.get("/balance", Balance.class);
    W7sApp app = worker().on(route, request -> new Balance(-1)).build();

    assertThat(send(app, "GET", "/balance", "", Headers.none(), "").status()).isEqualTo(500);
    assertThat(lines()).singleElement().asString().contains("CodecException");
  }

  @Test
  void refusesAnUnreadableRequestWithTheReason() {
    W7sApp app = worker().on(TOTAL, request -> new Total(1)).build();

    assertThat(post(app, "/totals/eur", "").status()).as("a missing body").isEqualTo(400);
    assertThat(post(app, "/totals/eur", "{").status()).as("no JSON").isEqualTo(400);
    assertThat(post(app, "/totals/%zz", "{}").status()).as("a broken escape").isEqualTo(400);
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes(@JsonSubTypes.Type(value = Shape.Circle.class, name = "circle"))
  sealed interface Shape {
    record Circle(int radius) implements Shape {}
  }

  /** Is not asked. */
  private static final class FailingCodec implements JsonCodec {
    @Override
    public byte[] encode(Object value, TypeRef<?> type) {
      throw new AssertionError("encode " + type);
    }

    @Override
    public <T> T decode(byte[] json, int offset, int length, TypeRef<T> type) {
      throw new AssertionError("decode " + type);
    }
  }
}
