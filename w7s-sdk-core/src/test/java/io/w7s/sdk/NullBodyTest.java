package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.StrictCodec;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients do with null and with empty bodies, in both directions. */
class NullBodyTest {

  private static final AppRef AUTH = AppRef.of("acme/auth");
  private static final QueueRef<Void> TICKS = AppRef.of("acme/worker").queue("ticks", Void.class);
  private static final SubjectRef<Void> OPENED = SubjectRef.of("shop.opened", Void.class);
  private static final WorkflowRef<Void, Void> NIGHTLY =
      AppRef.of("acme/shop").workflow("nightly", Void.class, Void.class);

  private static final Outcome<?> PUBLISHED =
      Outcome.success(
          new PublishReceipt(
              "e1", "shop.opened", AppId.parse("acme/shop"), SteppedTime.START, List.of()));

  @Test
  void refusesNullUnlessTheTypeIsVoid() {
    var transport = new ScriptedTransport();
    try (W7s w7s = w7s(transport)) {
      refusesNull(() -> w7s.queues().send(ClientParity.JOBS, null), "message body");
      refusesNull(() -> w7s.events().publish(ClientParity.CREATED, null), "event data");
      refusesNull(() -> w7s.workflows().start(ClientParity.CHECKOUT, null), "workflow payload");
      assertThat(w7s.queues().sendAsync(ClientParity.JOBS, null))
          .isCompletedExceptionally()
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(InvalidInputException.class);
    }
    assertThat(transport.sent).isEmpty();
  }

  private static void refusesNull(ThrowingCallable call, String field) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(field + ": found null, must be a value: only a body of type Void is null");
  }

  @Test
  void sendsJsonNullForVoid() {
    var transport =
        new ScriptedTransport(
            ClientParity.ENQUEUED,
            ClientParity.ENQUEUED,
            PUBLISHED,
            PUBLISHED,
            ClientParity.instance(State.QUEUED, null, null),
            ClientParity.instance(State.QUEUED, null, null));
    try (W7s w7s = w7s(transport)) {
      w7s.queues().send(TICKS);
      w7s.queues().sendAsync(TICKS).join();
      w7s.events().publish(OPENED);
      w7s.events().publishAsync(OPENED).join();
      w7s.workflows().start(NIGHTLY);
      w7s.workflows().startAsync(NIGHTLY).join();
    }
    assertThat(transport.sent)
        .extracting(
            operation ->
                operation instanceof QueueSend send
                    ? ClientParity.text(send.body())
                    : operation instanceof EventPublish publish
                        ? ClientParity.text(publish.data())
                        : ClientParity.text(((WorkflowStart) operation).payload()))
        .hasSize(6)
        .containsOnly("null");
  }

  @Test
  void callsWithoutABodyWhereTheInputIsVoid() {
    var transport = new ScriptedTransport(ClientParity.rpc(204, ""));
    try (W7s w7s = w7s(transport)) {
      assertThat(w7s.rpc().call(AUTH.get("/ping", Void.class))).isNull();
    }
    assertThat(((RpcCall) transport.sent.get(0)).body()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "null"})
  void readsAnEmptyResponseAsNull(String body) {
    var transport = new ScriptedTransport(ClientParity.rpc(200, body), ClientParity.rpc(200, body));
    try (W7s w7s = w7s(transport)) {
      assertThat(w7s.rpc().call(ClientParity.SESSION)).isNull();
      assertThat(
              w7s.rpc()
                  .call(AUTH.get("/session", new TypeRef<Optional<ClientParity.Session>>() {})))
          .isEqualTo(Optional.empty());
    }
  }

  @Test
  void readsNothingOfAResponseWhereTheOutputIsVoid() {
    var transport = new ScriptedTransport(ClientParity.rpc(200, "<html>"));
    try (W7s w7s = w7s(transport)) {
      assertThat(w7s.rpc().exchange(AUTH.get("/ping", Void.class)).body()).isNull();
    }
  }

  @Test
  void readsTheOutputOfAVoidWorkflowAsNull() {
    var transport =
        new ScriptedTransport(
            ClientParity.instance(State.QUEUED, null, null),
            ClientParity.instance(State.COMPLETE, "", null));
    try (W7s w7s = w7s(transport)) {
      WorkflowHandle<Void> nightly = w7s.workflows().start(NIGHTLY);
      assertThat(nightly.await(Duration.ofMinutes(1))).isNull();
    }
  }

  private static W7s w7s(ScriptedTransport transport) {
    return W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
        .transport(transport)
        .time(new SteppedTime())
        .codec(new StrictCodec())
        .build();
  }
}
