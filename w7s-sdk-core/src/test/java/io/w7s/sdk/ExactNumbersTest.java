package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What clients do with numbers that the platform would change. */
class ExactNumbersTest {

  record Line(long id, Map<String, Object> more) {}

  record Invoice(List<Line> lines) {}

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Invoice> INVOICES = WORKER.queue("invoices", Invoice.class);
  private static final SubjectRef<Invoice> BILLED = SubjectRef.of("shop.billed", Invoice.class);
  private static final WorkflowRef<Invoice, Void> BILL =
      WORKER.workflow("bill", Invoice.class, Void.class);
  private static final RpcRef<Invoice, Void> ADD = WORKER.post("/add", Invoice.class, Void.class);

  private static final long KEPT = 1L << 53;

  @Test
  void refusesWholeNumbersThatThePlatformRounds() {
    var transport = new ScriptedTransport();
    try (W7s w7s = builder(transport).build()) {
      Invoice invoice = invoice(KEPT + 1);
      refuses(() -> w7s.queues().send(INVOICES, invoice), "message body");
      refuses(
          () -> w7s.queues().send(INVOICES, invoice, send -> send.asCloudEvent("a.b")),
          "message body");
      refuses(() -> w7s.events().publish(BILLED, invoice), "event data");
      refuses(() -> w7s.workflows().start(BILL, invoice), "workflow payload");
      assertThat(w7s.queues().sendAsync(INVOICES, invoice))
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(InvalidInputException.class);
    }
    assertThat(transport.sent).isEmpty();
  }

  private static void refuses(ThrowingCallable call, String field) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            field
                + " at $.lines[1].id: found a number beyond ±2^53 (9,007,199,254,740,992), must be"
                + " a number that the platform does not change: send it as text, or allow it with"
                + " W7s.Builder.allowRoundedNumbers");
  }

  @Test
  void refusesNumbersThatLoseDigitsOrBecomeNull() {
    try (W7s w7s = builder(new ScriptedTransport()).build()) {
      assertThatThrownBy(
              () ->
                  w7s.queues()
                      .send(INVOICES, invoice("a", new BigDecimal("0.1234567890123456789"))))
          .hasMessageStartingWith(
              "message body at $.lines[0].more.a: found a number of more than 17 digits");
      assertThatThrownBy(() -> w7s.queues().send(INVOICES, invoice("a", new BigDecimal("1e400"))))
          .hasMessageStartingWith(
              "message body at $.lines[0].more.a: found a number outside of the range of a double");
    }
  }

  @Test
  void sendsNumbersThatThePlatformKeeps() {
    var transport =
        new ScriptedTransport(ClientParity.ENQUEUED, ClientParity.ENQUEUED, ClientParity.ENQUEUED);
    try (W7s w7s = builder(transport).build()) {
      w7s.queues().send(INVOICES, invoice(KEPT));
      w7s.queues().send(INVOICES, invoice(-KEPT));
      w7s.queues().send(INVOICES, invoice("id", "9007199254740993"));
    }
    assertThat(transport.sent).hasSize(3);
  }

  @Test
  void sendsAllNumbersWhereRoundingIsAllowed() {
    var transport =
        new ScriptedTransport(
            ClientParity.ENQUEUED, ClientParity.instance(State.QUEUED, null, null));
    try (W7s w7s = builder(transport).allowRoundedNumbers().build()) {
      w7s.queues().send(INVOICES, invoice(Long.MAX_VALUE));
      w7s.workflows().start(BILL, invoice(Long.MAX_VALUE));
    }
    assertThat(ClientParity.text(((QueueSend) transport.sent.get(0)).body()))
        .contains("9223372036854775807");
  }

  @Test
  void callsWithAllNumbersAsRpcIsNotChanged() {
    var transport = new ScriptedTransport(ClientParity.rpc(204, ""));
    try (W7s w7s = builder(transport).build()) {
      w7s.rpc().call(ADD, invoice(Long.MAX_VALUE));
    }
    assertThat(ClientParity.text(((RpcCall) transport.sent.get(0)).body().bytes()))
        .contains("9223372036854775807");
  }

  private static Invoice invoice(long id) {
    return new Invoice(List.of(new Line(1, Map.of()), new Line(id, Map.of())));
  }

  private static Invoice invoice(String key, Object value) {
    return new Invoice(List.of(new Line(1, Map.of(key, value))));
  }

  private static W7s.Builder builder(ScriptedTransport transport) {
    return W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
        .transport(transport)
        .time(new SteppedTime());
  }
}
