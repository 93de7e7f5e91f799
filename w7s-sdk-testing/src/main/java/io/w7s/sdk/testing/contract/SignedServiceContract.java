package io.w7s.sdk.testing.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.RequestSigner;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.testing.contract.RawConnection.Response;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attacks on a service that takes signed requests, and the responses that they must get. Extend it
 * to attack your own service as it is deployed, with its server and all proxies before it:
 *
 * <pre>{@code
 * class OurServiceTest extends SignedServiceContract {
 *   @Override protected URI url() { return URI.create("https://worker.example.com"); }
 *   @Override protected SigningSecrets secrets() { return SigningSecrets.of(secret); }
 *   @Override protected String queue() { return "jobs"; }
 * }
 * }</pre>
 *
 * <p>Nothing harms the service: what is signed, and so is let in, is an empty batch of the queue.
 * The service must have the secret, and a clock that is right; the queue must be consumed at its
 * usual path. The tests need JUnit 5.12 or later with parameters, and AssertJ.
 */
@Timeout(60)
public abstract class SignedServiceContract {

  private static final String KIND = "x-w7s-kind";
  private static final String SIGNATURE = "x-w7s-signature";
  private static final String SIGNATURE_ID = "x-w7s-signature-id";
  private static final String SIGNATURE_TIME = "x-w7s-signature-time";

  /** The status when a server ends the connection instead of responding. */
  private static final int NO_RESPONSE = 0;

  /** For the class that extends this. */
  protected SignedServiceContract() {}

  /** Returns the URL under which the app's path {@code /} is reached, http or https. */
  protected abstract URI url();

  /** Returns the secret of the service. */
  protected abstract SigningSecrets secrets();

  /** Returns the name of a queue that the app consumes at {@code /_w7s/queues/<name>}. */
  protected abstract String queue();

  /**
   * Returns how many requests have reached the app so far. By default 0, for a service that cannot
   * be asked.
   */
  protected long reached() {
    return 0;
  }

  private String path() {
    return "/_w7s/queues/" + queue();
  }

  private AppRequest emptyBatch() {
    return request(
        path(),
        Headers.of("content-type", "application/json").with("x-w7s-queue", queue()),
        "{\"queue\":\"" + queue() + "\",\"messages\":[]}");
  }

  private static AppRequest request(String path, Headers headers, String body) {
    return new AppRequest("POST", path, "", headers, body.getBytes(UTF_8));
  }

  private AppRequest signed() {
    return RequestSigner.of(secrets()).sign(RequestKind.QUEUE, emptyBatch());
  }

  private AppRequest signed(Duration clock) {
    return RequestSigner.of(secrets(), new ShiftedTime(clock))
        .sign(RequestKind.QUEUE, emptyBatch());
  }

  private static AppRequest with(AppRequest request, String header, String value) {
    return with(request, request.headers().with(header, value));
  }

  private static AppRequest with(AppRequest request, Headers headers) {
    return new AppRequest(
        request.method(), request.path(), request.query(), headers, request.body());
  }

  private static AppRequest withPath(AppRequest request, String path) {
    return new AppRequest(
        request.method(), path, request.query(), request.headers(), request.body());
  }

  private static AppRequest without(AppRequest request, String header) {
    Headers.Builder rest = Headers.builder();
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equals(header)) {
                rest.add(name, value);
              }
            });
    return with(request, rest.build());
  }

  private static String header(AppRequest request, String name) {
    return request.headers().first(name).orElseThrow();
  }

  private static List<String> lines(AppRequest request) {
    List<String> lines = new ArrayList<>();
    request.headers().forEach((name, value) -> lines.add(name + ": " + value));
    return lines;
  }

  private Response send(AppRequest request, String... moreLines) throws IOException {
    List<String> lines = lines(request);
    lines.addAll(List.of(moreLines));
    String target =
        request.query().isEmpty() ? request.path() : request.path() + "?" + request.query();
    try (RawConnection connection = new RawConnection(url())) {
      return connection.exchange(
          request.method(), target, request.body(), lines.toArray(String[]::new));
    }
  }

  private int status(AppRequest request, String... moreLines) {
    try {
      return send(request, moreLines).status();
    } catch (IOException ended) {
      return NO_RESPONSE;
    }
  }

  /** An attack may be refused by the service, or by a server or a proxy before it. */
  private void assertRefused(AppRequest request, String... moreLines) {
    long before = reached();

    int status = status(request, moreLines);

    assertThat(status)
        .as("the status of a request that must be refused")
        .matches(found -> found == NO_RESPONSE || (found >= 400 && found < 500), "is 400 to 499");
    assertThat(reached()).as("what reached the app").isEqualTo(before);
  }

  /** The service itself refuses it, because nobody else can tell. */
  private void assertUnauthorized(AppRequest request) throws IOException {
    long before = reached();

    Response response = send(request);

    assertThat(response.status()).as("the status of a forged request").isEqualTo(401);
    assertThat(response.text()).contains("\"ok\":false");
    assertThat(response.all("x-w7s-time")).as("the time of the service").hasSize(1);
    assertThat(reached()).as("what reached the app").isEqualTo(before);
  }

  /** Otherwise nothing would show that the attacks fail because they are attacks. */
  @Test
  void takesWhatIsSigned() throws IOException {
    assertThat(send(signed()).status()).isEqualTo(200);
  }

  @Test
  void refusesWhatIsNotSigned() throws IOException {
    assertUnauthorized(emptyBatch());
    assertUnauthorized(with(emptyBatch(), KIND, "queue"));
  }

  @Test
  void refusesASignatureThatIsIncomplete() throws IOException {
    for (String header : List.of(SIGNATURE, SIGNATURE_ID, SIGNATURE_TIME, KIND)) {
      assertUnauthorized(without(signed(), header));
    }
  }

  @Test
  void refusesAnotherSecret() throws IOException {
    for (SigningSecrets other :
        List.of(SigningSecrets.of(SigningSecrets.generate()), SigningSecrets.local())) {
      if (!secrets().isLocal() || !other.isLocal()) {
        assertUnauthorized(RequestSigner.of(other).sign(RequestKind.QUEUE, emptyBatch()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1,",
        "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "v2,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      })
  void refusesASignatureThatIsNone(String signature) throws IOException {
    assertUnauthorized(with(signed(), SIGNATURE, signature));
  }

  @Test
  void refusesASecondUse() throws IOException {
    AppRequest recorded = signed();
    assertThat(send(recorded).status()).isEqualTo(200);

    assertUnauthorized(recorded);
  }

  @Test
  void refusesWhatIsSixMinutesOffAndTakesWhatIsFourMinutesOff() throws IOException {
    assertUnauthorized(signed(Duration.ofMinutes(-6)));
    assertUnauthorized(signed(Duration.ofMinutes(6)));
    assertThat(send(signed(Duration.ofMinutes(-4))).status()).isEqualTo(200);
    assertThat(send(signed(Duration.ofMinutes(4))).status()).isEqualTo(200);
  }

  @Test
  void refusesWhatWasChangedOnItsWay() throws IOException {
    List<UnaryOperator<AppRequest>> changes =
        List.of(
            signed -> withPath(signed, path() + "2"),
            signed -> withPath(signed, path() + "/"),
            signed ->
                new AppRequest(
                    signed.method(), signed.path(), "a=1", signed.headers(), signed.body()),
            signed -> new AppRequest("PUT", signed.path(), "", signed.headers(), signed.body()),
            signed ->
                new AppRequest(
                    signed.method(), signed.path(), "", signed.headers(), "{}".getBytes(UTF_8)),
            signed ->
                new AppRequest(signed.method(), signed.path(), "", signed.headers(), new byte[0]),
            signed -> with(signed, "x-w7s-queue", queue() + "2"),
            signed -> with(signed, "x-w7s-queue-name", "other"),
            signed -> with(signed, "x-w7s-org-slug", "other"),
            signed -> with(signed, "content-type", "application/x+json"),
            signed -> with(signed, SIGNATURE_ID, header(signed, SIGNATURE_ID) + "a"),
            signed ->
                with(
                    signed,
                    SIGNATURE_TIME,
                    String.valueOf(Long.parseLong(header(signed, SIGNATURE_TIME)) + 1)),
            signed -> without(with(signed, KIND, "public"), "x-w7s-queue"));
    for (UnaryOperator<AppRequest> change : changes) {
      assertUnauthorized(change.apply(signed()));
    }
  }

  @Test
  void refusesAnRpcThatPretendsToBeADelivery() {
    Headers rpc =
        Headers.of("content-type", "application/json")
            .with("x-w7s-rpc", "1")
            .with("x-w7s-rpc-caller-owner", "mallory")
            .with("x-w7s-rpc-caller-repo", "shop");
    AppRequest toTheQueue =
        RequestSigner.of(secrets()).sign(RequestKind.RPC, with(emptyBatch(), rpc));

    int status = status(toTheQueue);

    assertThat(status).isEqualTo(403);
    assertRefused(with(toTheQueue, "x-w7s-queue", queue()));
  }

  @Test
  void refusesAKindOfTheOtherDirection() throws IOException {
    Headers json = Headers.of("content-type", "application/json");
    assertUnauthorized(
        RequestSigner.of(secrets()).sign(RequestKind.CALL, with(emptyBatch(), json)));
    assertUnauthorized(
        RequestSigner.of(secrets()).sign(RequestKind.PUBLIC, with(emptyBatch(), json)));
  }

  @Test
  void refusesHeadersThatAreThereTwice() {
    AppRequest signed = signed();
    for (String header : List.of(SIGNATURE, SIGNATURE_ID, SIGNATURE_TIME, KIND, "x-w7s-queue")) {
      assertRefused(signed, header + ": " + header(signed, header));
      assertRefused(signed, header.toUpperCase(Locale.ROOT) + ": other");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\r x-w7s-rpc: 1", "\n x-w7s-rpc: 1", "\u0000", "\t", "\u00c3\u00a9", "\u007f"})
  void refusesHeadersWithUnusualCharacters(String characters) {
    assertRefused(signed(), "x-w7s-queue-name: a" + characters + "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/", // the path of the queue follows each
        "/x/../",
        "/x/%2e%2e/",
        "/x/.%2E/",
        "/./",
        "/%2F",
        "/%5c",
        "/\\",
        "/#",
        "/\u00e9/",
      })
  void refusesTargetsThatCanBeReadInTwoWays(String before) {
    assertRefused(withPath(signed(), before + path().substring(before.equals("/") ? 0 : 1)));
    assertRefused(withPath(emptyBatch(), before + path().substring(before.equals("/") ? 0 : 1)));
  }

  @Test
  void refusesATargetThatIsTooLong() {
    assertRefused(withPath(signed(), path() + "/" + "a".repeat(9_000)));
  }

  @Test
  void digestsTheBodyThatTheAppGetsWhateverTheLengthsSay() throws IOException {
    AppRequest signed = signed();
    long before = reached();
    List<String> lines = lines(signed);
    lines.add("content-length: " + signed.body().length);
    lines.add("transfer-encoding: chunked");
    try (RawConnection connection = new RawConnection(url())) {
      connection.sendHead("POST", signed.path(), lines.toArray(String[]::new));
      connection.sendChunk("{\"queue\":\"forged\",\"messages\":[]}".getBytes(ISO_8859_1));
      connection.sendChunk(new byte[0]);

      assertThat(connection.response("POST").status()).isBetween(400, 499);
    } catch (IOException ended) {
      // refused without a response
    }
    assertThat(reached()).isEqualTo(before);
  }

  /** The machine's clock, so much ahead. */
  private record ShiftedTime(Duration ahead) implements TimeSource {

    @Override
    public Instant now() {
      return TimeSource.system().now().plus(ahead);
    }

    @Override
    public Duration elapsed() {
      return TimeSource.system().elapsed();
    }

    @Override
    public void sleep(Duration delay) throws InterruptedException {
      TimeSource.system().sleep(delay);
    }

    @Override
    public CompletableFuture<Void> after(Duration delay) {
      return TimeSource.system().after(delay);
    }

    @Override
    public RandomGenerator random() {
      return TimeSource.system().random();
    }
  }
}
