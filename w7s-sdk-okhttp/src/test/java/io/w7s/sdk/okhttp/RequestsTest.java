package io.w7s.sdk.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.spi.Operation.RpcCall;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.junit.jupiter.api.Test;

class RequestsTest {

  private static final HttpUrl URL = HttpUrl.get("http://127.0.0.1/x");

  private static Request rpc(Headers callers, Headers ours) {
    var call = new RpcCall(AppId.parse("acme/worker"), "GET", "/x", "/x", "", callers, null, false);
    return Requests.rpc(call, URL, ours).build();
  }

  @Test
  void oursAreTakenWhereBothNameAHeader() {
    Request request =
        rpc(
            Headers.of("x-caller", "theirs").plus("x-caller", "again").plus("x-note", "1"),
            Headers.of("x-caller", "ours"));

    assertThat(request.headers("x-caller")).containsExactly("ours");
    assertThat(request.headers("x-note")).containsExactly("1");
  }

  @Test
  void theUserAgentIsTheCallersWhereThereIsOne() {
    assertThat(rpc(Headers.none(), Headers.none()).headers("user-agent"))
        .singleElement()
        .asString()
        .startsWith("w7s-sdk-java/");
    assertThat(rpc(Headers.of("User-Agent", "mine"), Headers.none()).headers("user-agent"))
        .containsExactly("mine");
  }

  @Test
  void valuesBeyondAsciiStayAsTheyAreAndInTheirPlace() {
    String half = "half \ud83d";
    Headers headers =
        Headers.of("x-note", "1").plus("x-note", "grüße 👋").plus("x-note", half).with("b", "2");

    Request request = rpc(headers, Headers.none());

    assertThat(request.headers("x-note")).containsExactly("1", "grüße 👋", half);
    assertThat(request.headers("b")).containsExactly("2");
    assertThat(request.method()).isEqualTo("GET");
  }

  @Test
  void aPostHasItsBodyWithHeadersBeyondAscii() {
    Request request = Requests.post(URL, Headers.of("x-note", "ü"), new byte[3]).build();

    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.header("x-note")).isEqualTo("ü");
    assertThat(request.header("content-type")).isEqualTo("application/json");
  }
}
