package io.w7s.sdk.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.RequestSigner;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.workflow.WorkflowRef;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class CanaryTest {

  record Login(String password) {}

  private static final RpcRef<Login, Void> LOGIN =
      AppRef.of("acme/worker").post("/login", Login.class, Void.class);
  private static final QueueRef<Login> JOBS = AppRef.of("acme/worker").queue("jobs", Login.class);
  private static final QueueRef<Login> NO_QUEUE = AppRef.of("acme/worker").queue("no", Login.class);
  private static final SubjectRef<Login> DONE = SubjectRef.of("logins.done", Login.class);
  private static final WorkflowRef<Login, Login> CHECK =
      AppRef.of("acme/worker").workflow("check", Login.class, Login.class);

  private final Canary canary = Canary.watchingTheLog();

  @AfterEach
  void close() {
    canary.close();
  }

  @Test
  void eachSlotHasItsOwnSecret() {
    assertThat(canary.secret("cookie")).isEqualTo(canary.secret("cookie"));
    assertThat(canary.secret("cookie")).isNotEqualTo(canary.secret("body"));
    assertThat(canary.secret("cookie")).matches("[a-z0-9-]+");
    canary.assertKept(canary);
  }

  @Test
  void aSecretInTheLogIsFound() {
    LoggerFactory.getLogger("any").trace("user {}", canary.secret("user"));

    assertThatThrownBy(canary::assertKept)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("the secret of user is in the log: TRACE any user tweety-");
  }

  @Test
  void aSecretInALoggedExceptionIsFound() {
    LoggerFactory.getLogger("any").info("failed", new IllegalStateException(canary.secret("b")));

    assertThatThrownBy(canary::assertKept).hasMessageStartingWith("the secret of b is in the log");
  }

  @Test
  void aSecretInACauseIsFound() {
    var failure =
        new IllegalStateException("outer", new IllegalArgumentException(canary.secret("body")));

    assertThatThrownBy(() -> canary.assertKept(null, failure))
        .hasMessageStartingWith("the secret of body is in java.lang.IllegalStateException: ");
  }

  @Test
  void aSecretInAnyTextIsFound() {
    assertThatThrownBy(() -> canary.assertKept("a", List.of(canary.secret("query"))))
        .hasMessageStartingWith("the secret of query is in ");
  }

  static Stream<Named<UnaryOperator<String>>> encodings() {
    return Stream.of(
        named("percent, upper case", secret -> each(secret, "%%%02X")),
        named("percent, lower case", secret -> each(secret, "%%%02x")),
        named("percent of one character", secret -> secret.replace("t", "%74")),
        named("percent twice", secret -> each(secret, "%%25%02X")),
        named("JSON escapes", secret -> each(secret, "\\u%04x")),
        named("JSON escapes, upper case", secret -> each(secret, "\\u%04X")),
        named("JSON escape of one character", secret -> secret.replace("-", "\\u002d")),
        named("JSON escapes within JSON", secret -> each(secret, "\\\\u%04x")),
        named("HTML escapes", secret -> each(secret, "&#%d;")),
        named("hex, lower case", secret -> each(secret, "%02x")),
        named("hex, upper case", secret -> each(secret, "%02X")));
  }

  private static Named<UnaryOperator<String>> named(String name, UnaryOperator<String> encoding) {
    return Named.of(name, encoding);
  }

  private static String each(String secret, String format) {
    return secret.chars().mapToObj(format::formatted).collect(Collectors.joining());
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void anEncodedSecretIsFound(UnaryOperator<String> encoding) {
    String text = "q=" + encoding.apply(canary.secret("query")) + "&page=1";

    assertThat(text).doesNotContain(canary.secret("query"));
    assertThatThrownBy(() -> canary.assertKept(text))
        .hasMessage("the secret of query is in java.lang.String: " + text);
  }

  static Stream<Base64.Encoder> base64() {
    return Stream.of(
        Base64.getEncoder(),
        Base64.getEncoder().withoutPadding(),
        Base64.getUrlEncoder(),
        Base64.getUrlEncoder().withoutPadding());
  }

  @ParameterizedTest
  @MethodSource("base64")
  void aSecretInBase64IsFoundAtEachAlignment(Base64.Encoder encoder) {
    for (String before : List.of("", "ÿ", "ÿ>", "ÿ>?")) {
      for (String after : List.of("", ">", "?ÿ", ">?ÿ")) {
        byte[] bytes = (before + canary.secret("user") + after).getBytes(ISO_8859_1);

        assertThatThrownBy(() -> canary.assertKept("Basic " + encoder.encodeToString(bytes)))
            .hasMessageStartingWith("the secret of user is in java.lang.String: Basic ");
      }
    }
  }

  @Test
  void anEncodedSecretInTheLogAndInACauseIsFound() {
    LoggerFactory.getLogger("any").debug("GET /?user={}", each(canary.secret("user"), "%%%02x"));
    assertThatThrownBy(canary::assertKept)
        .hasMessageStartingWith("the secret of user is in the log: DEBUG any GET /?user=%74");

    var cause = new IllegalArgumentException(each(canary.secret("body"), "\\u%04x"));
    assertThatThrownBy(() -> canary.assertKept(new IllegalStateException("outer", cause)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void encodedTextWithoutSecretsPasses() {
    canary.secret("user");

    canary.assertKept(
        "%74%77 \\u0074 dHdlZXR5LTE= 7477 %zz &#1;", "tweety-1", each("tweety-1", "%02x"));
  }

  @Test
  void aClosedCanaryRecordsNothing() {
    canary.close();
    LoggerFactory.getLogger("any").error(canary.secret("late"));

    canary.assertKept();
  }

  /**
   * Puts secrets in everything that a caller sends, with calls and deliveries that succeed and
   * fail.
   */
  @Test
  void thePlatformInMemoryKeepsAllSecrets() {
    InMemoryW7s w7s = InMemoryW7s.create();
    w7s.deploy(worker());
    Deployment shop =
        Deployment.withoutBackend(
                AppId.parse("acme/shop"), Manifest.empty().withPublished(DONE.name()))
            .withTokens(
                Tokens.of(
                    canary.secret("token for rpc"),
                    canary.secret("token for queues"),
                    canary.secret("token for workflows"),
                    canary.secret("token for events")));
    w7s.platform().deploy(shop);
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.MEMORY)
            .app("acme/shop")
            .token(W7sConfig.Token.RPC, canary.secret("token in the settings"))
            .build();
    W7s client = w7s.connect("acme/shop").build();

    List<Object> shown = new ArrayList<>(List.of(config, client, shop, shop.tokens()));
    for (Fault fault : List.of(Fault.slow(ofSeconds(1)), Fault.refuse(400), Fault.responseLost())) {
      w7s.faults().clear();
      w7s.faults().add(fault);
      shown.addAll(failures(client));
    }
    w7s.faults().clear();
    shown.addAll(failures(client));
    shown.addAll(w7s.platform().queues().waiting(InMemoryW7s.id(JOBS)));
    w7s.runUntilIdle();
    shown.addAll(w7s.platform().queues().deadLetters());
    shown.add(w7s.journal());
    shown.add(w7s);

    assertThat(w7s.platform().queues().deadLetters()).isNotEmpty();
    canary.assertKept(shown.toArray());
  }

  /** The keys have a text of the canary in them, which is found in their Base64, too. */
  private String signingSecret(String slot) {
    byte[] key = Arrays.copyOf(canary.secret(slot).getBytes(ISO_8859_1), 32);
    return "whsec_" + Base64.getEncoder().encodeToString(key);
  }

  @Test
  void aSecretOfSignaturesIsFound() {
    String secret = signingSecret("bridge");

    assertThatThrownBy(() -> canary.assertKept("W7S_BRIDGE_SECRET=" + secret))
        .hasMessageStartingWith("the secret of bridge is in ");
  }

  @Test
  void aSignedServiceKeepsAllSecrets() {
    SigningSecrets secrets =
        SigningSecrets.of(signingSecret("secret of the bridge"))
            .withPrevious(signingSecret("previous secret"), Instant.MAX);
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/worker")
            .bridgeUrl(URI.create("https://worker.example"))
            .bridgeSecrets(secrets)
            .build();
    RequestSigner signer = RequestSigner.of(secrets);
    RequestSigner stranger =
        RequestSigner.of(SigningSecrets.of(signingSecret("secret of a stranger")));
    SignedHandler service = SignedHandler.of(worker(), config);
    SignedHandler withoutStore =
        SignedHandler.builder(worker(), config)
            .used(
                (id, until) -> {
                  throw new IllegalStateException("the store is down");
                })
            .build();
    AppRequest login =
        new AppRequest(
            "POST",
            "/login",
            "q=" + canary.secret("query"),
            Headers.of("content-type", "application/json")
                .with("cookie", "session=" + canary.secret("cookie"))
                .with("authorization", "Bearer " + canary.secret("token")),
            ("{\"password\":\"" + canary.secret("body") + "\"}").getBytes(ISO_8859_1));
    AppRequest rpc = with(login, login.headers().with("x-w7s-rpc", "1"));
    AppRequest signed = signer.sign(RequestKind.RPC, rpc);

    List<AppRequest> requests =
        List.of(
            login,
            signed,
            signed, // a second time
            stranger.sign(RequestKind.RPC, rpc),
            with(signed, signed.headers().with("x-w7s-signature", canary.secret("signature"))),
            with(signed, signed.headers().with("x-w7s-kind", canary.secret("kind"))),
            with(signed, signed.headers().plus("x-w7s-rpc", "1")));
    List<Object> shown = new ArrayList<>(List.of(secrets, config, signer, service));
    for (AppRequest request : requests) {
      for (SignedHandler handler : List.of(service, withoutStore)) {
        AppResponse response = handler.handle(request);
        assertThat(response.status()).isGreaterThanOrEqualTo(400);
        shown.addAll(List.of(request, response, new String(response.body(), ISO_8859_1)));
      }
    }
    shown.add(catchThrowable(() -> signer.sign(RequestKind.QUEUE, rpc)));
    shown.add(catchThrowable(() -> SigningSecrets.of(signingSecret("short").substring(0, 30))));

    canary.assertKept(shown.toArray());
  }

  private static AppRequest with(AppRequest request, Headers headers) {
    return new AppRequest(
        request.method(), request.path(), request.query(), headers, request.body());
  }

  private W7sApp worker() {
    return W7sApp.builder(AppRef.of("acme/worker"))
        .onReply(LOGIN, request -> RpcReply.empty(403))
        .on(
            JOBS,
            message -> {
              throw new IllegalStateException("fails");
            })
        .on(DONE, "events", event -> {})
        .on(
            CHECK,
            run -> {
              throw new IllegalStateException("fails");
            })
        .build();
  }

  private List<Object> failures(W7s client) {
    List<Runnable> calls =
        List.of(
            () ->
                client
                    .rpc()
                    .call(
                        LOGIN,
                        new Login(canary.secret("body")),
                        call ->
                            call.header("cookie", canary.secret("cookie"))
                                .query("q", canary.secret("query"))),
            () -> client.queues().send(JOBS, new Login(canary.secret("message"))),
            () -> client.queues().send(NO_QUEUE, new Login(canary.secret("message"))),
            () -> client.events().publish(DONE, new Login(canary.secret("event"))),
            () -> client.workflows().start(CHECK, new Login(canary.secret("payload"))));
    List<Object> failures = new ArrayList<>();
    for (Runnable call : calls) {
      Throwable failure = catchThrowable(call::run);
      if (failure != null) {
        failures.add(failure);
      }
    }
    return failures;
  }
}
