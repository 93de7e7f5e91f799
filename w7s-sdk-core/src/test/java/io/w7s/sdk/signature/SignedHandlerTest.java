package io.w7s.sdk.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignedHandlerTest extends SignedApp {

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CALL")
  void letsInWhatTheBridgeHasSigned(RequestKind kind) {
    AppResponse response = service.handle(bridge.sign(kind, requests().get(kind)));

    assertThat(response.status()).isEqualTo(200);
    assertThat(reached)
        .containsExactly(
            Map.of(
                    RequestKind.QUEUE, "queue",
                    RequestKind.WORKFLOW, "workflow",
                    RequestKind.SCHEDULE, "schedule",
                    RequestKind.RPC, "rpc by acme/shop (production)",
                    RequestKind.PUBLIC, "health by nobody")
                .get(kind));
    assertThat(lines()).isEmpty();
  }

  @Test
  void aFloodOfThePublicLeavesRoomForDeliveries() {
    SignedHandler small =
        SignedHandler.builder(app(), secrets)
            .used(UsedSignatures.inMemory(1, clock))
            .time(clock)
            .build();

    for (int i = 0; i < 3; i++) {
      assertThat(small.handle(bridge.sign(RequestKind.PUBLIC, health())).status()).isEqualTo(200);
    }

    assertThat(small.handle(bridge.sign(RequestKind.QUEUE, delivery())).status()).isEqualTo(200);
  }

  @Test
  void letsTheAppSeeOnlyHeadersThatAreSignedAndThoseOfOthers() {
    AppRequest signed = bridge.sign(RequestKind.RPC, order());
    Headers more =
        signed
            .headers()
            .with("x-w7s-request-id", "r1")
            .with("x-w7s-rpc-caller", "mallory/shop")
            .with("cookie", "a=1")
            .plus("accept", "text/html")
            .plus("accept", "*/*");

    service.handle(with(signed, more));

    assertThat(headers)
        .containsExactly(
            RPC.with("cookie", "a=1").plus("accept", "text/html").plus("accept", "*/*"));
  }

  /** Local senders of other languages say who they are in headers, not in the message. */
  @Test
  void aMessageOfALocalSenderHasItsCaller() {
    var senders = new ArrayList<Object>();
    W7sApp jobs =
        W7sApp.builder(WORKER)
            .on(JOBS, message -> senders.add(message.caller().orElseThrow()))
            .build();
    SignedHandler signed = SignedHandler.builder(jobs, secrets).time(clock).build();
    AppRequest sent =
        request(
            "POST",
            "/_w7s/queues/jobs",
            JSON.with("x-w7s-queue", "1")
                .with("x-w7s-queue-name", "jobs")
                .with("x-w7s-queue-caller-repository", "acme/shop")
                .with("x-w7s-queue-environment", "staging"),
            "{\"queue\":\"jobs\",\"messages\":[{\"id\":\"m1\",\"attempts\":1,\"body\":{}}]}");
    AppRequest delivery = bridge.sign(RequestKind.QUEUE, sent);

    assertThat(signed.handle(delivery).status()).isEqualTo(200);
    assertThat(senders)
        .containsExactly(new Caller(AppId.parse("acme/shop"), Environment.of("staging")));

    AppRequest another =
        with(bridge.sign(RequestKind.QUEUE, sent), "x-w7s-queue-caller-repository", "mallory/shop");
    assertThat(signed.handle(another).status()).isEqualTo(401);
    assertThat(senders).hasSize(1);
  }

  @Test
  void anUnsignedRequestReachesAPublicRouteAsNobody() {
    AppRequest request = with(health(), RPC.with("x-w7s-kind", "rpc").with("cookie", "a=1"));

    assertThat(service.handle(request).status()).isEqualTo(200);

    assertThat(reached).containsExactly("health by nobody");
    assertThat(headers).containsExactly(JSON.with("cookie", "a=1"));
  }

  @Test
  void aBrokenSignatureIsRefusedOnAPublicRouteToo() {
    AppRequest request = with(health(), "x-w7s-signature", "v1,");

    assertThat(service.handle(request).status()).isEqualTo(401);

    assertThat(reached).isEmpty();
  }

  @Test
  void aRequestOfThePublicThatTheBridgePassesOnReachesOnlyPublicRoutes() {
    AppRequest order = request("POST", "/orders/7", JSON, "{}");

    AppResponse response = service.handle(bridge.sign(RequestKind.PUBLIC, order));

    assertThat(response.status()).isEqualTo(401);
    assertThat(reached).isEmpty();
    assertThat(lines()).singleElement().asString().contains("not-public");
  }

  @Test
  void theSameSignatureIsTakenOnce() {
    AppRequest delivery = signedDelivery();

    assertThat(service.handle(delivery).status()).isEqualTo(200);
    clock.advance(Duration.ofMinutes(5));
    assertThat(service.handle(delivery).status()).isEqualTo(401);

    assertThat(reached).hasSize(1);
    assertThat(lines()).singleElement().asString().contains("id-used");
  }

  @Test
  void aRequestThatIsRefusedLeavesItsSignatureUnused() {
    AppRequest delivery = signedDelivery();

    assertThat(service.handle(withQuery(delivery, "a=1")).status()).isEqualTo(401);
    assertThat(service.handle(delivery).status()).isEqualTo(200);
  }

  @Test
  void takesSignaturesThatAreFourMinutesOffAndNotSix() {
    for (int minutes : new int[] {-4, 4}) {
      AppRequest delivery = signedDelivery();
      clock.set(NOW.plus(Duration.ofMinutes(minutes)));
      assertThat(service.handle(delivery).status()).as("%d minutes", minutes).isEqualTo(200);
      clock.set(NOW);
    }
    for (int minutes : new int[] {-6, 6}) {
      AppRequest delivery = signedDelivery();
      clock.set(NOW.plus(Duration.ofMinutes(minutes)));
      AppResponse response = service.handle(delivery);
      assertThat(response.status()).as("%d minutes", minutes).isEqualTo(401);
      assertThat(text(response)).contains("360 s");
      assertThat(response.headers().first("x-w7s-time"))
          .hasValue(String.valueOf(NOW.getEpochSecond() + minutes * 60L));
      clock.set(NOW);
    }
    assertThat(lines()).hasSize(2);
  }

  @Test
  void refusesWith503WhenItCannotBeKnownWhetherASignatureWasUsed() {
    SignedHandler withoutStore =
        SignedHandler.builder(app(), secrets)
            .time(clock)
            .used(
                (id, until) -> {
                  throw new IllegalStateException("no connection\nFORGED");
                })
            .build();

    AppResponse response = withoutStore.handle(signedDelivery());

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.headers().first("x-w7s-time")).isPresent();
    assertThat(text(response)).doesNotContain("connection");
    assertThat(reached).isEmpty();
    assertThat(lines())
        .singleElement()
        .asString()
        .contains("ids-unavailable", "no connection\\nFORGED");
  }

  @Test
  void refusesWith503WhenMemoryIsFullAndTakesMoreWhenSignaturesEnd() {
    SignedHandler small =
        SignedHandler.builder(app(), secrets)
            .time(clock)
            .used(UsedSignatures.inMemory(2, clock))
            .build();

    assertThat(small.handle(signedDelivery()).status()).isEqualTo(200);
    clock.advance(Duration.ofSeconds(10));
    assertThat(small.handle(signedDelivery()).status()).isEqualTo(200);
    assertThat(small.handle(signedDelivery()).status()).isEqualTo(503);
    clock.advance(Duration.ofSeconds(292));
    assertThat(small.handle(signedDelivery()).status()).isEqualTo(200);
    assertThat(small.handle(signedDelivery()).status()).isEqualTo(503);
  }

  @Test
  void aUsedSignatureStaysUsedWhenTheClockGoesForwardAndBack() {
    var wrong = new FixedTime(clock.now());
    SignedHandler small =
        SignedHandler.builder(app(), secrets)
            .time(wrong)
            .used(UsedSignatures.inMemory(10, wrong))
            .build();
    AppRequest recorded = signedDelivery();
    assertThat(small.handle(recorded).status()).isEqualTo(200);
    clock.advance(Duration.ofSeconds(10));
    wrong.advance(Duration.ofSeconds(305));
    assertThat(small.handle(signedDelivery()).status()).isEqualTo(200);
    wrong.advance(Duration.ofSeconds(-295));

    assertThat(small.handle(recorded).status()).isEqualTo(401);
    assertThat(small.handle(signedDelivery()).status()).isEqualTo(200);
  }

  @Test
  void passesOnTheLimitOfTheAppAndWhatIsPublic() {
    assertThat(service.maxBodyBytes()).isEqualTo(MAX_BODY_BYTES);
    assertThat(service.isPublic("GET", "/health/db")).isTrue();
    assertThat(service.isPublic("POST", "/orders/7")).isFalse();
  }

  @Test
  void aBodyOfExactlyTheLimitIsLetIn() {
    byte[] json = Arrays.copyOf("{}".getBytes(StandardCharsets.UTF_8), MAX_BODY_BYTES);
    Arrays.fill(json, 2, json.length, (byte) ' ');

    AppRequest request = bridge.sign(RequestKind.RPC, withBody(order(), json));

    assertThat(service.handle(request).status()).isEqualTo(200);
  }

  @Test
  void whatTheHandlerThrowsIsNotARefusal() {
    SignedHandler failing =
        SignedHandler.builder(
                request -> {
                  throw new IllegalStateException("bug");
                },
                secrets)
            .time(clock)
            .build();

    assertThatThrownBy(() -> failing.handle(signedDelivery())).hasMessage("bug");
    assertThat(lines()).isEmpty();
  }

  @Test
  void theSignerRefusesWhatAReceiverWouldRefuse() {
    assertThatThrownBy(() -> bridge.sign(RequestKind.RPC, withPath(order(), "/a/../b")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("segment . or ..");
    assertThatThrownBy(() -> bridge.sign(RequestKind.QUEUE, order()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("kind queue");
  }

  @Test
  void needsASecretUnlessTheModeIsSetToLocal() {
    W7sConfig derived = W7sConfig.builder().app("acme/worker").build();
    W7sConfig local = W7sConfig.builder().app("acme/worker").mode(Mode.LOCAL).build();

    assertThatThrownBy(() -> SignedHandler.of(app(), derived))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("W7S_BRIDGE_SECRET");
    assertThat(lines()).isEmpty();
    SignedHandler open = SignedHandler.of(app(), local);
    assertThat(lines()).singleElement().asString().contains("published secret");
    AppRequest signed = RequestSigner.of(SigningSecrets.local()).sign(RequestKind.RPC, order());
    assertThat(open.handle(signed).status()).isEqualTo(200);
  }

  @Test
  void takesTheSecretOfTheSettingsInHostedMode() {
    W7sConfig hosted =
        W7sConfig.builder()
            .app("acme/worker")
            .mode(Mode.HOSTED)
            .token(Token.RPC, "t")
            .token(Token.QUEUE, "t")
            .token(Token.WORKFLOW, "t")
            .bridgeSecrets(secrets)
            .build();

    SignedHandler handler = SignedHandler.of(app(), hosted);

    assertThat(handler.handle(RequestSigner.of(secrets).sign(RequestKind.RPC, order())).status())
        .isEqualTo(200);
  }
}
