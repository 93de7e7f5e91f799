package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.error.FailedCall;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.UnreadableMessage;
import io.w7s.sdk.rpc.RpcOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.workflow.WorkflowRun;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The text of a value never holds what may be secret: headers, queries and bodies. */
class SecretsTest {

  private static final String CANARY = "canary-7f3a";
  private static final byte[] BYTES = CANARY.getBytes(StandardCharsets.UTF_8);
  private static final Headers HEADERS = Headers.of("cookie", CANARY);
  private static final AppId APP = AppId.parse("acme/shop");
  private static final QueueRef<String> SECRETS = AppRef.of("acme/shop").queue("q", String.class);
  private static final RpcRef<String, Void> ORDER =
      AppRef.of("acme/shop").put("/orders/{id}", String.class, Void.class);

  static Stream<Object> values() {
    return Stream.of(
        HEADERS,
        new RpcOptions(CallOptions.defaults())
            .header("cookie", CANARY)
            .query("key", CANARY)
            .variable("id", CANARY),
        new Operation.RpcCall(
            APP,
            "GET",
            "/x",
            "/x",
            "key=" + CANARY,
            HEADERS,
            RawBody.of("text/plain", BYTES),
            true),
        new Operation.RawResponse(200, HEADERS, BYTES),
        new Operation.WorkflowStart(APP, "w", "/w", null, BYTES, false),
        new AppRequest("GET", "/x", "key=" + CANARY, HEADERS, BYTES),
        new AppResponse(200, HEADERS, BYTES),
        RpcRequest.builder(ORDER, CANARY)
            .variable("id", "o1")
            .query("key", CANARY)
            .header("cookie", CANARY)
            .build(),
        RpcReply.of(200, CANARY).header("set-cookie", CANARY),
        RpcReply.error(400, CANARY),
        RawJson.of("\"" + CANARY + "\""),
        QueueMessage.of(CANARY),
        QueueBatch.builder(SECRETS)
            .messages(List.of(QueueMessage.of(CANARY)))
            .headers(HEADERS)
            .build(),
        UnreadableMessage.of("m1", 1, new CodecException("Job", null, "no JSON", null), BYTES),
        Event.of(SubjectRef.of("a.b", String.class), CANARY),
        WorkflowRun.of(AppRef.of("acme/shop").workflow("w", String.class, String.class), CANARY),
        new WorkflowStatus.Output(200, "text/plain", CANARY));
  }

  @ParameterizedTest
  @MethodSource("values")
  void printsNoSecret(Object value) {
    assertThat(value.toString()).doesNotContain(CANARY);
  }

  @ParameterizedTest
  @MethodSource("values")
  void printsWhatItIs(Object value) {
    assertThat(value.toString()).isNotBlank().doesNotMatch(".*@[0-9a-f]{5,}$");
  }

  @Test
  void printsOnlyTheStartOfAFailuresBody() {
    byte[] body = ("x".repeat(300) + CANARY).getBytes(StandardCharsets.UTF_8);
    var failure =
        new RpcFailedException(
            new FailedCall("RPC GET", "acme/shop/x", 1, false, null, null), 500, HEADERS, body);

    assertThat(failure.getMessage()).hasSizeLessThan(300).doesNotContain(CANARY);
  }
}
