package io.w7s.sdk.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.store.blob.R2BlobStore;
import io.w7s.sdk.store.keyvalue.D1KeyValueStore;
import io.w7s.sdk.store.keyvalue.KvNamespace;
import java.io.IOException;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that a bridge of another version, or whatever stands in its place, may give. */
class BridgeResponsesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "{}",
        "text",
        "{\"results\":null}",
        "{\"results\":[]}",
        "{\"results\":[null]}",
        "{\"results\":[{}]}",
        "{\"results\":{\"rows\":[]}}",
        "{\"results\":[{\"rows\":[3],\"changes\":0}]}",
        "{\"results\":[{\"rows\":[{\"entry_key\":\"k\",\"body\":\"1\"}],\"changes\":0}]}",
        "{\"results\":[{\"rows\":[{\"entry_key\":\"k\",\"body\":\"1\",\"version\":\"x\"}],\"changes\":0}]}",
      })
  void anEntryIsReadFromAResponseOfItsShapeAlone(String response) throws IOException {
    fails(response, bridge -> D1KeyValueStore.of(bridge, "DB", "names", String.class).get("k"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "null", "{}", "text", "{\"keys\":{}}", "{\"keys\":[\"a\"],\"cursor\":{}}"})
  void keysAreReadFromAResponseOfTheirShapeAlone(String response) throws IOException {
    fails(
        response,
        bridge -> KvNamespace.of(bridge, "CACHE", String.class).keys("").forEach(key -> {}));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "{}",
        "text",
        "{\"objects\":[null]}",
        "{\"objects\":[\"a\"]}",
        "{\"objects\":[{}]}",
        "{\"objects\":[{\"key\":\"w7s-blobs/a\",\"uploaded\":\"yesterday\"}]}"
      })
  void objectsAreSweptByAResponseOfTheirShapeAlone(String response) throws IOException {
    fails(response, bridge -> R2BlobStore.of(bridge, "FILES").sweep());
  }

  private static void fails(String response, Consumer<Bridge> call) throws IOException {
    try (RawServer server =
            RawServer.answering(
                "HTTP/1.1 200 OK\r\nx-w7s-bridge: relayed\r\ncontent-type: application/json\r\n"
                    + ("content-length: " + response.length() + "\r\n\r\n" + response));
        Bridge bridge =
            Bridge.of(
                W7sConfig.builder()
                    .mode(W7sConfig.Mode.HOSTED)
                    .app("acme/shop")
                    .bridgeUrl(server.url(""))
                    .bridgeSecrets(SigningSecrets.of(SigningSecrets.generate()))
                    .build())) {
      ThrowingCallable calling = () -> call.accept(bridge);
      assertThatThrownBy(calling).isInstanceOf(StoreException.class);
    }
  }
}
