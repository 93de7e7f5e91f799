package io.w7s.sdk.testing.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Caller;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.queue.SendReceipt;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages sent to a queue: their receipts and their delivery. */
public abstract class QueueContract extends ContractTests {

  /**
   * Creates the tests.
   *
   * @param fixtures opens a fixture for each test, in which these limits apply
   */
  protected QueueContract(Function<Limits, TransportFixture> fixtures) {
    super(fixtures);
  }

  @ParameterizedTest
  @EnumSource
  void aMessageIsAcceptedAndDelivered(CallStyle style) {
    List<Caller> callers = new ArrayList<>();
    deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                JOBS,
                message -> {
                  handled.add(requireNonNull(message.body()).text());
                  callers.add(message.caller().orElseThrow());
                })
            .build());

    SendReceipt receipt = send(style, shop(), "a");
    fixture().settle();

    assertThat(receipt.app()).isEqualTo(WORKER);
    assertThat(receipt.queue()).isEqualTo("jobs");
    assertThat(receipt.enqueuedAt()).isNotNull();
    assertThat(handled).containsExactly("a");
    assertThat(callers).containsExactly(new Caller(SHOP, PREVIEW));
  }
}
