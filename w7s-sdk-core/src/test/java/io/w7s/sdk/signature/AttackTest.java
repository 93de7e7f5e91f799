package io.w7s.sdk.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The attacks of {@code docs/security.md}: none reaches a handler, and each gives its status and
 * one line in the log that names the check and shows no secret.
 */
class AttackTest extends SignedApp {

  private static final String CANARY = "canary-7f3a";

  /**
   * One attack.
   *
   * @param check the check that refuses it
   * @param forge makes the request of the attacker
   */
  record Attack(String name, int status, String check, Function<SignedApp, AppRequest> forge) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Attack> ATTACKS = new ArrayList<>();

  private static void attack(
      String name, int status, String check, Function<SignedApp, AppRequest> forge) {
    ATTACKS.add(new Attack(name, status, check, forge));
  }

  static {
    attack("a delivery that is not signed", 401, "signature-missing", app -> delivery());
    attack("an RPC that is not signed", 401, "signature-missing", app -> order());
    attack("a workflow run that is not signed", 401, "signature-missing", app -> workflowRun());
    attack("a scheduled run that is not signed", 401, "signature-missing", app -> scheduledRun());
    attack(
        "a path that the app does not have",
        401,
        "signature-missing",
        app -> withPath(order(), "/nothing"));
    attack(
        "a public route by another method",
        401,
        "signature-missing",
        app -> withMethod(health(), "POST"));
    attack(
        "a public route with more segments",
        401,
        "signature-missing",
        app -> withPath(health(), "/health/db/x"));
    attack(
        "a public request to a delivery path, passed on by the bridge",
        401,
        "not-public",
        app -> app.bridge.sign(RequestKind.PUBLIC, with(delivery(), JSON)));
    attack(
        "an RPC of an app that names a queue",
        400,
        "kind-headers",
        app ->
            app.signedAs(
                RequestKind.RPC, with(delivery(), RPC.with("x-w7s-queue", "jobs")), app.secrets));
    attack(
        "an RPC of an app to a delivery path",
        403,
        "came by RPC",
        app -> app.bridge.sign(RequestKind.RPC, with(delivery(), RPC)));
    attack(
        "a call to the bridge that is sent to the service",
        401,
        "kind-direction",
        app -> app.bridge.sign(RequestKind.CALL, with(order(), JSON)));
    attack("a second use", 401, "id-used", SignedApp::usedBefore);
    attack(
        "a request recorded six minutes ago", 401, "too-old", app -> app.signedAt(-6, delivery()));
    attack("a request dated in six minutes", 401, "too-new", app -> app.signedAt(6, delivery()));
    attack(
        "another body",
        401,
        "signature-wrong",
        app -> withBody(app.signedDelivery(), bytes("{\"messages\":[]}")));
    attack(
        "another path",
        401,
        "signature-wrong",
        app -> withPath(app.bridge.sign(RequestKind.RPC, order()), "/orders/8"));
    attack("another query", 401, "signature-wrong", app -> withQuery(app.signedDelivery(), "a=1"));
    attack(
        "another method", 401, "signature-wrong", app -> withMethod(app.signedDelivery(), "PUT"));
    attack(
        "another caller",
        401,
        "signature-wrong",
        app ->
            with(app.bridge.sign(RequestKind.RPC, order()), "x-w7s-rpc-caller-owner", "mallory"));
    attack(
        "an environment less",
        401,
        "signature-wrong",
        app -> without(app.bridge.sign(RequestKind.RPC, order()), "x-w7s-rpc-caller-environment"));
    attack(
        "another content type",
        401,
        "signature-wrong",
        app -> with(app.signedDelivery(), "content-type", "application/x+json"));
    attack(
        "a delivery passed off as public",
        401,
        "signature-wrong",
        app -> with(without(app.signedDelivery(), "x-w7s-queue"), "x-w7s-kind", "public"));
    attack(
        "signed with the published secret",
        401,
        "signature-wrong",
        app -> app.signedAs(RequestKind.QUEUE, delivery(), SigningSecrets.local()));
    attack(
        "signed with another secret",
        401,
        "signature-wrong",
        app ->
            app.signedAs(
                RequestKind.QUEUE, delivery(), SigningSecrets.of(SigningSecrets.generate())));
    attack(
        "an empty signature",
        401,
        "signature-format",
        app -> with(app.signedDelivery(), "x-w7s-signature", ""));
    attack(
        "a signature of another version",
        401,
        "signature-format",
        app ->
            with(
                app.signedDelivery(),
                "x-w7s-signature",
                "v2" + app.signedDelivery().headers().first("x-w7s-signature").get().substring(2)));
    attack(
        "a hundred signatures",
        401,
        "signature-format",
        app ->
            with(
                app.signedDelivery(),
                "x-w7s-signature",
                (app.signedDelivery().headers().first("x-w7s-signature").get() + " ").repeat(100)));
    attack(
        "the id of Standard Webhooks with dots, into which the time could slide",
        401,
        "id-format",
        app -> with(app.signedDelivery(), "x-w7s-signature-id", "msg.1795825800.aaaaaaaaa"));
    attack(
        "a body over the limit",
        413,
        "body-size",
        app -> withBody(app.signedDelivery(), new byte[MAX_BODY_BYTES + 1]));
    attack(
        "a body over the limit that is not signed",
        413,
        "body-size",
        app -> withBody(health(), new byte[MAX_BODY_BYTES + 1]));
    for (String path :
        List.of(
            "/health/db%2F..%2F..%2F_w7s%2Fqueues%2Fjobs",
            "/health/%2f",
            "/health/..%5cx",
            "//health/db",
            "/health//db",
            "/health/../_w7s/queues/jobs",
            "/health/%2e%2e/_w7s/queues/jobs",
            "/health/.%2E",
            "/./health/db",
            "/health/db\\..",
            "/health/db\r\nx-w7s-queue: jobs",
            "/health/db#",
            "/health/d b",
            "/health/d\u00e9",
            "http://acme.w7s.internal/health/db",
            "/" + "a".repeat(9_000))) {
      attack(
          "the target " + path.substring(0, Math.min(40, path.length())).strip(),
          400,
          "target",
          app -> withPath(health(), path));
    }
    attack(
        "a line break in the query",
        400,
        "target",
        app -> withQuery(app.signedDelivery(), "a=1\r\nx-w7s-queue: jobs"));
    attack(
        "a line break in the method",
        400,
        "method",
        app -> withMethod(app.signedDelivery(), "POST\nqueue"));
    attack(
        "a caller twice",
        400,
        "header-twice",
        app -> {
          AppRequest signed = app.bridge.sign(RequestKind.RPC, order());
          return with(signed, signed.headers().plus("X-W7S-RPC-Caller-Owner", "mallory"));
        });
    attack(
        "a signature twice",
        400,
        "header-twice",
        app -> {
          AppRequest signed = app.signedDelivery();
          return with(
              signed,
              signed
                  .headers()
                  .plus("x-w7s-signature", signed.headers().first("x-w7s-signature").get()));
        });
    attack(
        "a kind twice",
        400,
        "header-twice",
        app -> {
          AppRequest signed = app.signedDelivery();
          return with(signed, signed.headers().plus("x-w7s-kind", "public"));
        });
    attack(
        "letters that look like ASCII in a signed header",
        400,
        "header-value",
        app -> with(app.signedDelivery(), "x-w7s-queue", "j\u043ebs"));
    attack(
        "line separators in a signed header",
        400,
        "header-value",
        app -> with(app.signedDelivery(), "x-w7s-queue", "jobs\u2028x-w7s-rpc:1"));
  }

  static List<Attack> attacks() {
    return ATTACKS;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void reachesNoHandlerAndLeavesOneLine(Attack attack) {
    AppRequest request = attack.forge().apply(this);
    reached.clear();
    forgetLines();
    AppRequest withCookie = with(request, "cookie", CANARY);

    AppResponse response = service.handle(withCookie);

    assertThat(reached).isEmpty();
    assertThat(response.status()).isEqualTo(attack.status());
    assertThat(text(response)).startsWith("{\"ok\":false,\"error\":\"").doesNotContain(CANARY);
    if (attack.status() != 403) { // that one is of the app
      assertThat(response.headers().first("x-w7s-time"))
          .hasValue(String.valueOf(NOW.getEpochSecond()));
    }
    assertThat(lines())
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line).startsWith("WARN").contains(attack.check());
              assertThat(line).hasSizeLessThan(700).doesNotContain(CANARY);
              assertThat(line.chars()).noneMatch(c -> Character.isISOControl(c) || c == 0x2028);
              assertThat(line).doesNotContain(SECRET.substring(6, 20));
              request
                  .headers()
                  .all("x-w7s-signature")
                  .forEach(
                      signature ->
                          assertThat(signature.isEmpty() || !line.contains(signature)).isTrue());
            });
  }

  /** Otherwise nothing would show that the requests fail because of what was forged. */
  @Test
  void theRequestThatIsForgedIsLetInAsItWas() {
    assertThat(service.handle(signedDelivery()).status()).isEqualTo(200);
    assertThat(service.handle(bridge.sign(RequestKind.RPC, order())).status()).isEqualTo(200);
    assertThat(service.handle(health()).status()).isEqualTo(200);
    assertThat(reached).hasSize(3);
  }
}
