package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.spi.Outcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What exceptions show of texts that came from elsewhere, whatever the transport. */
@SuppressWarnings("UnnecessaryLambda") // options are values here
class ShownFailureTest {

  private static final String COOKIE = "c00k1e-Rt55-Yh62";
  private static final RpcRef<Void, Integer> COUNT =
      AppRef.of("acme/worker").get("/count", Integer.class);

  private static void addCookie(RpcOptions call) {
    call.header("cookie", "sid=" + COOKIE);
  }

  static Stream<String> formsOfTheCookie() {
    return Stream.of(
        COOKIE,
        COOKIE.replace("-", "%2D"),
        Base64.getEncoder().encodeToString(("sid=" + COOKIE).getBytes(StandardCharsets.UTF_8)));
  }

  private static <R> Throwable failure(Outcome<?> outcome, ClientParity.Call<R> call) {
    return ClientParity.run(List.of(() -> outcome), call).failure();
  }

  @ParameterizedTest
  @MethodSource("formsOfTheCookie")
  void aFailureOfTheTargetDoesNotRepeatTheCookie(String form) {
    for (String body : List.of("seen: " + form, "x".repeat(190) + form, "x".repeat(1014) + form)) {
      var failed =
          (RpcFailedException)
              failure(
                  ClientParity.rpc(500, body),
                  w7s -> w7s.rpc().with(ShownFailureTest::addCookie).call(COUNT));

      assertThat(failed.getMessage() + failed.body())
          .doesNotContain(form.substring(0, 12))
          .contains("failed with status 500: ");
      assertThat(failed.body().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1024);
    }
  }

  @Test
  void aFailureOfTheTargetWithoutSecretsKeepsItsBytes() {
    var failed =
        (RpcFailedException)
            failure(
                ClientParity.rpc(500, "a\0b\r\nc"),
                w7s -> w7s.rpc().with(ShownFailureTest::addCookie).call(COUNT));

    assertThat(failed.body()).isEqualTo("a\0b\r\nc");
    assertThat(failed).hasMessageEndingWith("500: a b  c");
  }

  /** Jackson says which token it does not know. */
  @ParameterizedTest
  @MethodSource("formsOfTheCookie")
  void anUnreadableResponseDoesNotRepeatTheCookie(String form) {
    Throwable failed =
        failure(
            ClientParity.rpc(200, form),
            w7s -> w7s.rpc().with(ShownFailureTest::addCookie).call(COUNT));
    Throwable later =
        failure(
            ClientParity.rpc(200, form),
            w7s -> {
              RpcResponse<Integer> response =
                  w7s.rpc().with(ShownFailureTest::addCookie).exchange(COUNT);
              return response.body();
            });

    for (Throwable each : List.of(failed, later)) {
      assertThat(each).isExactlyInstanceOf(CodecException.class);
      assertThat(each).hasMessage("Integer at line 1, column 1: not JSON in UTF-8");
      assertThat(each.getCause()).isNotNull();
      assertThat(stackTrace(each)).doesNotContain(form.substring(0, 12));
    }
  }

  private static String stackTrace(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no\r\n2026-01-01 ERROR forged",
        "no\n\n",
        "a\tb\0c",
        "\u001b[31mred",
        "\u2028x\u202ey",
        "\u0085"
      })
  void noMessageHasMoreThanOneLine(String words) {
    for (Outcome<?> outcome :
        List.of(
            new Outcome.Refused<>(400, words, Map.of(), null),
            Outcome.deliveryUnknown(words, null),
            new Outcome.NoResponse<>(Outcome.Failure.TIMED_OUT, true, words, null),
            ClientParity.rpc(500, words))) {
      Throwable failed =
          failure(
              outcome, w7s -> w7s.rpc().with(call -> call.retry(RetryPolicy.none())).call(COUNT));

      assertThat(failed.getMessage()).doesNotContainPattern("[\\p{Cc}\u2028\u202e]");
    }
  }

  @Test
  void aTargetThatTheCallerNamesIsOneLineToo() {
    CallException failed =
        catchThrowableOfType(
            CallException.class,
            () -> {
              throw failure(
                  new Outcome.Refused<>(404, "unknown", Map.of(), null),
                  w7s -> w7s.workflows().handle(ClientParity.CHECKOUT, "i1\r\nFORGED").status());
            });

    assertThat(failed.target()).doesNotContain("\n");
    assertThat(failed.getMessage()).doesNotContain("\n");
  }
}
