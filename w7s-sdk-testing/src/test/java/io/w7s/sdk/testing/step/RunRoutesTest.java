package io.w7s.sdk.testing.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The runs of a workflow as JSON. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RunRoutesTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<Integer, Integer> CHECKOUT =
      SHOP.workflow("checkout", Integer.class, Integer.class);
  private static final Headers DELIVERY = Headers.of("x-w7s-workflow", "1");

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final AtomicBoolean broken = new AtomicBoolean(true);
  private W7sApp app;

  @BeforeEach
  void deploy() {
    app =
        W7sApp.builder(SHOP)
            .steps(StepLog.inMemory(w7s.time()))
            .on(
                CHECKOUT,
                (run, steps) -> {
                  steps.run("reserve", () -> {});
                  steps.sleep("think", ofDays(1));
                  return steps.run(
                      "charge",
                      Integer.class,
                      options -> options.retry(RetryPolicy.none()),
                      this::charge);
                })
            .build();
    w7s.deploy(app);
  }

  private int charge() {
    if (broken.get()) {
      throw new IllegalStateException("the bank is closed");
    }
    return 4_711;
  }

  private String start() {
    WorkflowHandle<Integer> handle = w7s.as("acme/shop").workflows().start(CHECKOUT, 1_234);
    w7s.advance(ofMinutes(1));
    return handle.instanceId();
  }

  private static String path(String below) {
    return CHECKOUT.path() + "/runs" + below;
  }

  private AppResponse send(String method, String path, String query, String body) {
    return app.handle(
        new AppRequest(method, path, query, DELIVERY, body.getBytes(StandardCharsets.UTF_8)));
  }

  private Map<?, ?> get(String path, String query) {
    return json(send("GET", path, query, ""));
  }

  private Map<?, ?> post(String path, String body) {
    return json(send("POST", path, "", body));
  }

  private static Map<?, ?> json(AppResponse response) {
    String text = new String(response.body(), StandardCharsets.UTF_8);
    assertThat(response.status()).as(text).isEqualTo(200);
    return (Map<?, ?>) JsonValues.parse(text);
  }

  private static List<Object> instances(Map<?, ?> page) {
    return ((List<?>) page.get("runs"))
        .stream().<Object>map(run -> ((Map<?, ?>) run).get("instance")).toList();
  }

  @Test
  void theDetailsSayWhereARunIsAndShowNoValues() {
    String instance = start();

    Map<?, ?> details = get(path("/" + instance + "/details"), "");

    assertThat(details.get("state")).isEqualTo("waiting");
    assertThat(details.get("currentStep")).isEqualTo("think");
    assertThat(details.get("nextWake")).isEqualTo(details.get("dueAt"));
    assertThat(
            ((List<?>) details.get("steps"))
                .stream().<Object>map(step -> ((Map<?, ?>) step).get("name")))
        .containsExactly("reserve", "think");

    broken.set(false);
    w7s.advance(ofDays(2));
    String ended = get(path("/" + instance + "/details"), "").toString();
    assertThat(ended).contains("complete").doesNotContain("4711").doesNotContain("1234");
  }

  @Test
  void runsAreListedPageByPage() {
    String first = start();
    String second = start();
    w7s.advance(ofDays(2));
    String third = start();

    assertThat(instances(get(path(""), ""))).containsExactly(third, second, first);
    assertThat(instances(get(path(""), "state=failed"))).containsExactly(second, first);
    assertThat(instances(get(path(""), "state=waiting&state=failed&limit=1")))
        .containsExactly(third);
    Map<?, ?> page = get(path(""), "limit=2");
    String after = page.get("after").toString();
    assertThat(instances(get(path(""), "limit=2&after=" + after))).containsExactly(first);
    assertThat(get(path(""), "before=2000-01-01T00:00:00Z")).isEqualTo(Map.of("runs", List.of()));
  }

  @Test
  void aRunIsCancelledWithAReason() {
    String instance = start();

    post(path("/" + instance + "/cancel"), "{\"reason\":\"not needed\"}");
    w7s.advance(ofMinutes(1));

    Map<?, ?> details = get(path("/" + instance + "/details"), "");
    assertThat(details.get("state")).isEqualTo("cancelled");
    assertThat(details.get("error")).isEqualTo("not needed");
    assertThat(send("POST", path("/" + instance + "/cancel"), "", "{}").status()).isEqualTo(409);
  }

  @Test
  void aRunIsTerminated() {
    String instance = start();

    assertThat(post(path("/" + instance + "/terminate"), "").get("state")).isEqualTo("cancelled");
  }

  @Test
  void aFailedRunIsForkedAndTriedAgain() {
    String instance = start();
    assertThat(send("POST", path("/" + instance + "/retry"), "", "").status()).isEqualTo(409);
    w7s.advance(ofDays(2));
    assertThat(get(path("/" + instance + "/details"), "").get("lastError").toString())
        .contains("the bank is closed");
    broken.set(false);

    Map<?, ?> fork = post(path("/" + instance + "/fork"), "{\"label\":\"again\"}");
    Map<?, ?> early =
        post(path("/" + instance + "/fork"), "{\"label\":\"early\",\"step\":\"reserve\"}");
    post(path("/" + instance + "/retry"), "");
    w7s.advance(ofDays(2));

    assertThat(fork.get("forkedFrom")).isEqualTo(instance);
    assertThat((List<?>) early.get("steps")).isEmpty();
    for (String run : List.of(instance, instance + ".again", instance + ".early")) {
      assertThat(get(path("/" + run + "/details"), "").get("state")).isEqualTo("complete");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, '', colour=red, '', 400",
    "GET, '', state=lost, '', 400",
    "GET, '', limit=0, '', 400",
    "GET, '', limit=many, '', 400",
    "GET, '', from=yesterday, '', 400",
    "GET, '', after=there, '', 400",
    "GET, /nobody/details, '', '', 404",
    "POST, /nobody/cancel, '', {}, 404",
    "POST, /nobody/cancel, '', [], 400",
    "POST, /nobody/cancel, '', {, 400",
    "DELETE, /nobody/cancel, '', '', 405"
  })
  void whatMakesNoSenseIsRefused(
      String method, String below, String query, String body, int status) {
    assertThat(send(method, path(below), query, body).status()).isEqualTo(status);
  }

  @Test
  void bodiesAreBoundedAndCheckedByField() {
    String instance = start();
    String cancel = path("/" + instance + "/cancel");

    assertThat(send("POST", cancel, "", "{\"reason\":7}").status()).isEqualTo(400);
    assertThat(send("POST", cancel, "", " ".repeat(16_385)).status()).isEqualTo(413);
    assertThat(send("POST", path("/" + instance + "/fork"), "", "{}").status()).isEqualTo(400);
    assertThat(get(path("/" + instance + "/details"), "").get("state")).isEqualTo("waiting");
  }

  @Test
  void nobodyGetsThereByRpcOrWithoutASignature() {
    String instance = start();
    Headers rpc = Headers.of("x-w7s-rpc", "1");
    AppHandler signed =
        SignedHandler.builder(app, SigningSecrets.of(SigningSecrets.generate())).build();
    for (String below : List.of("", "/" + instance + "/details")) {
      var request = new AppRequest("GET", path(below), "", rpc, new byte[0]);
      assertThat(app.handle(request).status()).isEqualTo(403);
      assertThat(
              signed.handle(new AppRequest("GET", path(below), "", DELIVERY, new byte[0])).status())
          .isEqualTo(401);
      assertThat(app.isPublic("GET", path(below))).isFalse();
    }
  }
}
