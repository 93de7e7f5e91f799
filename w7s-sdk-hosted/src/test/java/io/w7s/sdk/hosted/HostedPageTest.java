package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.W7s;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.rpc.RpcStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Web pages in response to an RPC. */
@Timeout(60)
class HostedPageTest {

  private static final String PAGE = "<!DOCTYPE html><html>Sign in to the hotel's network</html>";
  private static final String HTML = "content-type: text/html; charset=utf-8\r\n";

  private static RpcClient once(W7s w7s) {
    return w7s.rpc().with(call -> call.retry(RetryPolicy.none()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-type: text/html\r\n",
        "Content-Type: Text/HTML; charset=utf-8\r\n",
        "content-type: application/xhtml+xml\r\n",
        ""
      })
  void aPageThatNobodyAskedForIsNoResponseOfTheTarget(String type) throws Exception {
    try (RawServer platform = RawServer.answering(Shop.answer(200, type, PAGE));
        W7s w7s = Shop.w7s(platform.url(""))) {
      for (Throwable failure :
          new Throwable[] {
            catchThrowable(() -> once(w7s).call(Shop.SESSION)),
            catchThrowable(() -> once(w7s).exchange(Shop.SESSION)),
            catchThrowable(() -> once(w7s).callAsync(Shop.SESSION).get()).getCause()
          }) {
        assertThat(failure)
            .isExactlyInstanceOf(TransportException.class)
            .hasMessageContaining("Sign in to the hotel's network")
            .hasMessageContaining("proxy's page");
        assertThat(((TransportException) failure).mayHaveBeenDelivered()).isTrue();
      }
    }
  }

  @Test
  void aCallThatMayBeRepeatedIsTriedAgainAfterAPage() throws Exception {
    var first = new AtomicInteger();
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  while (true) {
                    connection.request();
                    connection.send(
                        first.getAndIncrement() == 0
                            ? Shop.answer(200, HTML, PAGE)
                            : RawServer.ok("\"ann\""));
                  }
                });
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThat(w7s.rpc().call(Shop.SESSION)).isEqualTo("ann");
      assertThat(platform.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "text/html,application/xml;q=0.9", "text/*", "*/*"})
  void aPageThatTheCallerAcceptsIsTheTargets(String accept) throws Exception {
    try (RawServer platform = RawServer.answering(Shop.answer(200, HTML, PAGE));
        W7s w7s = Shop.w7s(platform.url(""))) {
      RpcResponse<String> response =
          w7s.rpc().with(call -> call.header("accept", accept)).exchange(Shop.SESSION);

      assertThat(response.text()).isEqualTo(PAGE);
    }
  }

  /** A stream is read as it comes, so it is the caller's to judge. */
  @Test
  void aStreamMayBeAPage() throws Exception {
    try (RawServer platform = RawServer.answering(Shop.answer(200, HTML, PAGE));
        W7s w7s = Shop.w7s(platform.url(""));
        RpcStream response = w7s.rpc().stream(Shop.SESSION)) {
      assertThat(response.body().readAllBytes()).asString().isEqualTo(PAGE);
    }
  }

  @Test
  void otherContentThatNobodyAskedForIsTheTargets() throws Exception {
    try (RawServer platform =
            RawServer.answering(Shop.answer(200, "content-type: text/csv\r\n", "a,b"));
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThat(w7s.rpc().exchange(Shop.SESSION).text()).isEqualTo("a,b");
    }
  }

  @Test
  void thePageForASuspendedAppIsThePlatformsRefusal() throws Exception {
    String page = "<html><title>App suspended</title></html>";
    try (RawServer platform =
            RawServer.answering(Shop.answer(429, HTML + "retry-after: 3600\r\n", page));
        W7s w7s = Shop.w7s(platform.url(""))) {
      RpcClient browsing = once(w7s).with(call -> call.header("accept", "text/html"));

      for (LimitExceededException refused :
          new LimitExceededException[] {
            catchThrowableOfType(
                LimitExceededException.class, () -> browsing.exchange(Shop.SESSION)),
            catchThrowableOfType(LimitExceededException.class, () -> browsing.stream(Shop.SESSION))
          }) {
        assertThat(refused).hasMessageContaining("suspended");
        assertThat(refused.retryAfter()).hasValue(Duration.ofHours(1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "429 text/html  text/html", // without retry-after
        "429 text/plain 9 text/html",
        "429 text/html 9 application/json",
        "503 text/html 9 text/html",
      })
  void anyOtherFailureWithAPageIsTheTargets(String response) throws Exception {
    String[] parts = response.split(" ", -1);
    String retryAfter = parts[2].isEmpty() ? "" : "retry-after: " + parts[2] + "\r\n";
    try (RawServer platform =
            RawServer.answering(
                Shop.answer(
                    Integer.parseInt(parts[0]),
                    "content-type: " + parts[1] + "\r\n" + retryAfter,
                    PAGE));
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThat(
              catchThrowable(
                  () -> once(w7s).with(call -> call.header("accept", parts[3])).call(Shop.SESSION)))
          .isExactlyInstanceOf(RpcFailedException.class);
    }
  }
}
