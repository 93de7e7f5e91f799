package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.rpc.RpcRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which routes an app opens to the public. */
class PublicRoutesTest extends AppRequests {

  private static final RpcRef<Void, Void> ORDER = WORKER_APP.get("/orders/{id}", Void.class);
  private static final RpcRef<Void, Void> HEALTH = WORKER_APP.get("/health%3F", Void.class);

  private static W7sApp app() {
    return worker()
        .publicRoute(ORDER)
        .publicRoute(HEALTH)
        .on(ORDER, request -> null)
        .on(WORKER_APP.delete("/orders/{id}", Void.class), request -> null)
        .on(HEALTH, request -> null)
        .on(TOTAL, request -> new Total(1))
        .on(JOBS, message -> {})
        .on(SYNC, run -> {})
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /orders/7, true",
    "GET, /orders/a%20b, true",
    "GET, /health%3f, true",
    "DELETE, /orders/7, false",
    "HEAD, /orders/7, false",
    "get, /orders/7, false",
    "GET, /orders/{id}, true",
    "GET, /orders, false",
    "GET, /orders/, false",
    "GET, /orders/7/lines, false",
    "GET, /orders/%zz, false",
    "POST, /totals/eur, false",
    "POST, /_w7s/queues/jobs, false",
    "POST, /_w7s/schedules/sync, false",
    "GET, /nothing, false"
  })
  void areThoseThatAreDeclared(String method, String path, boolean isPublic) {
    assertThat(app().isPublic(method, path)).isEqualTo(isPublic);
  }

  @Test
  void areMarkedAmongTheRoutes() {
    assertThat(app().routes())
        .filteredOn(AppRoute::isPublic)
        .extracting(AppRoute::toString)
        .containsExactly("GET /orders/{id}", "GET /health%3F");
  }

  @Test
  void isNotPublicInAnAppWithoutThem() {
    W7sApp app = worker().on(ORDER, request -> null).build();

    assertThat(app.isPublic("GET", "/orders/7")).isFalse();
    assertThat(app.routes()).noneMatch(AppRoute::isPublic);
  }

  @Test
  void needAHandler() {
    W7sApp.Builder builder = worker().publicRoute(ORDER).on(JOBS, message -> {});

    assertThatThrownBy(builder::build)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("public route: found GET /orders/{id}, must be a route that has a handler");
    builder.on(ORDER, request -> null).build();
  }

  @Test
  void areNeverPathsOfDeliveries() {
    RpcRef<Void, Void> jobs = WORKER_APP.post("/_w7s/queues/jobs", Void.class, Void.class);
    W7sApp.Builder builder = worker().publicRoute(jobs).on(JOBS, message -> {});

    assertThatThrownBy(builder::build)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("POST /_w7s/queues/jobs");
  }

  @Test
  void areTheAppsOwn() {
    assertThatThrownBy(
            () -> worker().publicRoute(AppRef.of("acme/shop").get("/orders/{id}", Void.class)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("public route")
        .hasMessageContaining("acme/worker");
  }

  @Test
  void doNotChangeInAnAppThatWasBuilt() {
    W7sApp.Builder builder = worker().on(ORDER, request -> null);
    W7sApp built = builder.build();

    W7sApp open = builder.publicRoute(ORDER).build();

    assertThat(open.isPublic("GET", "/orders/7")).isTrue();
    assertThat(built.isPublic("GET", "/orders/7")).isFalse();
  }

  @Test
  void anRpcToADeliveryPathLeavesALine() {
    AppResponse response =
        send(
            app(),
            "POST",
            "/_w7s/queues/jobs",
            "",
            Headers.of("x-w7s-rpc", "1").with("x-w7s-queue", "jobs"),
            delivery());

    assertThat(response.status()).isEqualTo(403);
    assertThat(lines())
        .containsExactly(
            "refused POST /_w7s/queues/jobs in acme/worker: it came by RPC, which deliveries never"
                + " do");
  }
}
