package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.keyvalue.KvNamespace;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the bridge takes for the stores that the app is bound to, and what it refuses. */
@Timeout(60)
class StoresTest {

  private static final byte[] NOTHING = {};

  private static StoresProcess stores;
  private static Bridge bridge;

  private final String run = UUID.randomUUID() + "/";
  private final KvNamespace<String> names =
      bridge == null ? null : KvNamespace.of(bridge, "CACHE", String.class);

  @BeforeAll
  static void start() {
    stores = StoresProcess.start();
    bridge = stores.bridge();
  }

  @AfterAll
  static void stop() {
    if (stores != null) {
      bridge.close();
      stores.close();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(RawResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aKvNamespaceKeepsTheLastValueOfAKey() {
    String key = run + "größe & 50%+?#/..\n😀";
    assertThat(names.get(key)).isEmpty();

    names.put(key, "first");
    names.put(key, "größer 😀");
    assertThat(names.get(key)).contains("größer 😀");

    names.put(key, "for a while", Duration.ofSeconds(60));
    assertThat(names.get(key)).contains("for a while");
    assertThat(names.keys(run)).containsExactly(key);
    names.delete(key);
    names.delete(key);
    assertThat(names.get(key)).isEmpty();
    assertThat(names.keys(run)).isEmpty();
    assertThat(names).hasToString("KvNamespace[CACHE]");
  }

  @Test
  void filesAreKeptByTheirNamesWithCallsAsTheGuideShows() throws IOException {
    byte[] pdf = {1, 2, 3};
    // [files]
    bridge.call("PUT", "/r2/FILES", "key=invoices%2F42.pdf", pdf);
    RawResponse found = bridge.call("GET", "/r2/FILES", "key=invoices%2F42.pdf", new byte[0]);
    // [files]

    assertThat(found.body()).isEqualTo(pdf);
    assertThat(Guide.shown(Path.of("../docs/bridge.md")))
        .isEqualTo(Guide.compiled(Path.of("src/test/java/io/w7s/sdk/bridge/StoresTest.java")));
  }

  @Test
  void aPathOfTheBridgeBeginsWithASlash() {
    assertThatThrownBy(() -> bridge.call("GET", "health", "", NOTHING))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("begins with a slash");
  }

  @Test
  void keysOfAKvNamespaceAreListedPageByPage() {
    List<String> keys = IntStream.range(0, 1_005).mapToObj(i -> run + (10_000 + i)).toList();
    keys.forEach(key -> names.put(key, "x"));

    assertThat(names.keys(run)).containsExactlyElementsOf(keys);
    assertThat(names.keys(run).limit(3)).hasSize(3);
  }

  @Test
  void aKvNamespaceRefusesWhatItCannotKeep() {
    for (String key : List.of("", ".", "..", "x".repeat(513), "ä".repeat(257), "a\0", "\ud83d")) {
      assertThatThrownBy(() -> names.put(key, "x")).isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> names.get(key)).isInstanceOf(InvalidInputException.class);
      assertThatThrownBy(() -> names.delete(key)).isInstanceOf(InvalidInputException.class);
    }
    for (Duration time : List.of(Duration.ZERO, Duration.ofSeconds(59), Duration.ofDays(36_501))) {
      assertThatThrownBy(() -> names.put("k", "x", time)).isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(() -> names.put("k", "x".repeat(1_048_576)))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> names.keys("x".repeat(513))).isInstanceOf(InvalidInputException.class);
    String longest = "ä".repeat(256);
    names.put(longest, "x");
    assertThat(names.get(longest)).contains("x");
  }

  /** A secret, a variable, a service, a store of another kind, and what every object has. */
  @ParameterizedTest
  @CsvSource({
    "kv, OTHER", "r2, OTHER", "d1, OTHER", "kv, NOTE", "kv, W7S_BRIDGE_SECRET", "r2, SERVICE",
    "kv, SERVICE", "d1, SERVICE", "kv, FILES", "r2, CACHE", "d1, CACHE", "kv, DB",
    "kv, constructor", "d1, __proto__", "kv, toString"
  })
  void whatIsNotSuchAStoreIsRefusedByName(String kind, String name) {
    String method = kind.equals("d1") ? "POST" : "GET";

    assertThatThrownBy(
            () ->
                bridge.call(
                    method, "/" + kind + "/" + name, "", kind.equals("d1") ? utf8("{}") : NOTHING))
        .isInstanceOfSatisfying(
            StatusException.class, refused -> assertThat(refused.status()).isEqualTo(503))
        .hasMessageContaining("the bridge at " + stores.url())
        .hasMessageContaining("refused the call")
        .hasMessageContaining(name + " is not bound to a")
        .message()
        .doesNotContain(Secrets.ONE, "a variable");
  }

  @Test
  void aStoreThatIsNotBoundIsNamedInTheExceptionOfTheStore() {
    assertThatThrownBy(() -> KvNamespace.of(bridge, "OTHER", String.class).get("k"))
        .isInstanceOf(StoreException.class)
        .hasCauseInstanceOf(StatusException.class)
        .hasMessageContaining("cannot read a value in OTHER")
        .hasMessageContaining("the bridge")
        .hasMessageContaining("OTHER is not bound to a KV namespace");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /kv/CACHE?key=",
        "GET /kv/CACHE?key=a&key=b",
        "GET /kv/CACHE?key=a&other=b",
        "GET /kv/CACHE?key=.",
        "PUT /kv/CACHE",
        "PUT /kv/CACHE?key=a&ttl=59",
        "PUT /kv/CACHE?key=a&ttl=-1",
        "PUT /kv/CACHE?key=a&ttl=1e9",
        "GET /kv/CACHE?limit=0",
        "GET /kv/CACHE?limit=1001",
        "GET /kv/CACHE?prefix=a&ttl=60",
        "DELETE /kv/CACHE",
        "GET /r2/FILES?key=a&length=0",
        "GET /r2/FILES?key=a&length=x",
        "PUT /r2/FILES?key=a&sha256=AA",
        "PUT /r2/FILES?key=a&ttl=60",
        "DELETE /r2/FILES",
        "DELETE /r2/FILES?key=a&prefix=b",
        "DELETE /r2/FILES?key=a&key=",
        "POST /d1/DB?x=1",
        "POST /d1/DB"
      })
  void whatIsMalformedIsRefused(String request) {
    assertRefused(400, request, NOTHING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /kv/CACHE?key=a",
        "POST /r2/FILES?key=a",
        "GET /d1/DB",
        "GET /kv/",
        "GET /kv/a-b?key=a",
        "GET /kv/CACHE/a",
        "GET /do/CACHE"
      })
  void whatTheBridgeDoesNotKnowIsRefused(String request) {
    assertRefused(404, request, NOTHING);
  }

  private static void assertRefused(int status, String request, byte[] body) {
    String method = request.substring(0, request.indexOf(' '));
    String[] target = request.substring(method.length() + 1).split("\\?", 2);

    assertThatThrownBy(
            () -> bridge.call(method, target[0], target.length < 2 ? "" : target[1], body))
        .isInstanceOfSatisfying(
            StatusException.class, refused -> assertThat(refused.status()).isEqualTo(status))
        .hasMessageContaining("the bridge at ");
  }

  @Test
  void keysAreBounded() {
    assertRefused(400, "GET /kv/CACHE?key=" + "x".repeat(513), NOTHING);
    assertRefused(400, "GET /r2/FILES?key=" + "x".repeat(1025), NOTHING);
    assertRefused(400, "DELETE /r2/FILES?key=a" + "&key=a".repeat(100), NOTHING);
    assertRefused(400, "GET /kv/CACHE?prefix=" + "x".repeat(513), NOTHING);
  }

  private static String sql(String sql, String parameters) {
    return "{\"sql\":\"" + sql + "\",\"parameters\":" + parameters + "}";
  }

  private static byte[] statements(String... statements) {
    return utf8("{\"statements\":[" + String.join(",", statements) + "]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"statements\":[]}",
        "{\"statements\":[null]}",
        "{\"statements\":[{\"sql\":\"SELECT 1\"}]}",
        "{\"statements\":[{\"sql\":1,\"parameters\":[]}]}",
        "{\"statements\":[{\"sql\":\"SELECT ?\",\"parameters\":[{}]}]}",
        "{\"statements\":[{\"sql\":\"SELECT ?\",\"parameters\":[true]}]}",
        "{\"statements\":[{\"sql\":\"SELECT 1; SELECT 2\",\"parameters\":[]}]}",
        "not JSON"
      })
  void statementsOfAnotherFormAreRefused(String body) {
    assertRefused(400, "POST /d1/DB", utf8(body));
  }

  @Test
  void statementsAreBounded() {
    String one = sql("SELECT 1", "[]");
    assertRefused(
        400,
        "POST /d1/DB",
        statements(IntStream.range(0, 21).mapToObj(i -> one).toArray(String[]::new)));
    assertRefused(400, "POST /d1/DB", statements(sql("SELECT ?", "[1" + ",1".repeat(100) + "]")));
    assertRefused(400, "POST /d1/DB", statements(sql("SELECT " + " ".repeat(100_000) + "1", "[]")));
  }

  @Test
  void statementsAreOneTransaction() {
    bridge.call(
        "POST",
        "/d1/DB",
        "",
        statements(sql("CREATE TABLE IF NOT EXISTS t (a integer PRIMARY KEY, b text)", "[]")));

    assertThatThrownBy(
            () ->
                bridge.call(
                    "POST",
                    "/d1/DB",
                    "",
                    statements(
                        sql("INSERT INTO t (a, b) VALUES (?, ?)", "[1,\"x' OR 1\"]"),
                        sql("INSERT INTO t (a, b) VALUES (?, ?)", "[1,null]"))))
        .isInstanceOfSatisfying(
            TransportException.class, failed -> assertThat(failed.mayHaveBeenDelivered()).isTrue())
        .hasMessageContaining("the D1 database DB failed")
        .hasMessageContaining("UNIQUE constraint failed");

    assertThat(text(bridge.call("POST", "/d1/DB", "", statements(sql("SELECT * FROM t", "[]")))))
        .contains("\"rows\":[]");
  }

  @Test
  void rowsAreBounded() {
    String rows =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n";

    assertThat(text(bridge.call("POST", "/d1/DB", "", statements(sql(rows, "[1000]")))))
        .endsWith("{\"i\":1000}],\"changes\":0}]}");
    assertThatThrownBy(() -> bridge.call("POST", "/d1/DB", "", statements(sql(rows, "[1001]"))))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("more than 1000 rows");
  }

  @Test
  void healthNamesTheStores() {
    assertThat(text(bridge.call("GET", "/health", "", NOTHING)))
        .contains("\"stores\":{\"kv\":[\"CACHE\"],\"r2\":[\"FILES\"],\"d1\":[\"DB\"]}")
        .doesNotContain(Secrets.ONE);
  }

  @Test
  void whoHasAnotherSecretReachesNoStore() {
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/shop")
            .bridgeUrl(stores.url())
            .bridgeSecrets(SigningSecrets.of(Secrets.OTHER))
            .build();
    names.put(run + "k", "secret of the shop");
    try (Bridge stranger = Bridge.of(config)) {
      assertThatThrownBy(() -> KvNamespace.of(stranger, "CACHE", String.class).get(run + "k"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("signature-wrong")
          .message()
          .doesNotContain("secret of the shop");
    }
  }

  @Test
  void whereThereIsNoBridgeTheExceptionSaysWhatIsNotReachable() {
    W7sConfig.Builder config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/shop")
            .bridgeSecrets(SigningSecrets.of(Secrets.ONE));
    try (Bridge gone =
        Bridge.builder(config.bridgeUrl(URI.create("http://127.0.0.1:1")).build())
            .timeout(Duration.ofSeconds(5))
            .build()) {
      assertThatThrownBy(() -> KvNamespace.of(gone, "CACHE", String.class).get("k"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("the bridge at http://127.0.0.1:1")
          .hasMessageContaining("not reachable");
    }
    Bridge closed = stores.bridge();
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.call("GET", "/health", "", NOTHING))
        .isInstanceOf(CallException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(
            () ->
                Bridge.of(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("w7s.bridge.url");
  }
}
