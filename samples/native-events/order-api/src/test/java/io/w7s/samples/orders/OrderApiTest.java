package io.w7s.samples.orders;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderApiTest {

  private static final String ORDER =
      "{\"orderId\":\"ord_1\",\"email\":\"a@b.c\",\"amount\":42.50}";

  @Test
  void publishesAnEventForAnOrder() {
    var router = routerAnswering(202, "{\"ok\":true}");

    AppResponse answer = post(router, ORDER);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(text(answer)).startsWith("{\"ok\":true,\"service\":\"order-api\",\"order\":{");
    RpcCall call = (RpcCall) router.sent.get(0);
    assertThat(call.target()).isEqualTo("acme/event-router/publish");
    assertThat(new String(call.body().bytes(), UTF_8))
        .contains("\"subject\":\"orders.created\",\"source\":\"acme/order-api\"")
        .contains("\"data\":{\"orderId\":\"ord_1\",\"email\":\"a@b.c\",\"amount\":42.50,");
  }

  @Test
  void passesOnTheRoutersOwnResponse() {
    String answer = "{\"ok\":true,\"deliveries\":[{\"response\":null,\"took\":1.50}]}";

    assertThat(text(post(routerAnswering(202, answer), ORDER)))
        .endsWith("\"routed\":{\"status\":202,\"body\":" + answer + "}}");
  }

  @Test
  void passesOnAResponseThatIsNotJson() {
    AppResponse answer = post(routerAnswering(500, "<h1>down</h1>"), ORDER);

    assertThat(answer.status()).isEqualTo(502);
    assertThat(text(answer))
        .startsWith("{\"ok\":false,")
        .endsWith("\"routed\":{\"status\":500,\"body\":{\"text\":\"<h1>down</h1>\"}}}");
  }

  @Test
  void failsWhenADeliveryFailed() {
    assertThat(post(routerAnswering(200, "{\"ok\":false}"), ORDER).status()).isEqualTo(502);
    assertThat(post(routerAnswering(502, "{\"ok\":false}"), ORDER).status()).isEqualTo(502);
  }

  @Test
  void saysWhyTheRouterDidNotRespond() {
    var unreachable =
        new FakeTransport(Outcome.deliveryUnknown("connection reset by http://x", null));

    AppResponse answer = post(unreachable, ORDER);

    assertThat(answer.status()).isEqualTo(502);
    assertThat(text(answer))
        .contains("\"routed\":{\"status\":502,\"body\":{\"ok\":false,\"error\":")
        .contains("acme/event-router/publish", "connection reset by http://x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no JSON",
        "null",
        "[]",
        "{}",
        "{\"orderId\":\" \",\"email\":\"a@b.c\",\"amount\":42}",
        "{\"orderId\":\"ord_1\",\"amount\":42}",
        "{\"orderId\":\"ord_1\",\"email\":\"a@b.c\"}",
        "{\"orderId\":\"ord_1\",\"email\":\"a@b.c\",\"amount\":\"much\"}"
      })
  void refusesWhatIsNoOrder(String body) {
    var router = routerAnswering(202, "{}");

    AppResponse answer = post(router, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(text(answer)).startsWith("{\"ok\":false,\"error\":\"");
    assertThat(router.sent).isEmpty();
  }

  @Test
  void declaresWhatItsManifestSays() {
    app(routerAnswering(202, "{}")).verifyManifest(Path.of("w7s.json")); // throws when they differ
  }

  private static FakeTransport routerAnswering(int status, String body) {
    return new FakeTransport(
        Outcome.success(new RawResponse(status, Headers.none(), body.getBytes(UTF_8))));
  }

  private static W7sApp app(FakeTransport transport) {
    W7sConfig config = W7sConfig.builder().app("acme/order-api").build();
    return OrderApi.app(W7s.builder(config).transport(transport).build());
  }

  private static AppResponse post(FakeTransport transport, String order) {
    return app(transport)
        .handle(new AppRequest("POST", "/orders", "", Headers.none(), order.getBytes(UTF_8)));
  }

  private static String text(AppResponse answer) {
    return new String(answer.body(), UTF_8);
  }
}
