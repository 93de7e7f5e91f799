package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7s;
import io.w7s.sdk.emulator.app.Limits;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Payloads of all kinds of call: large ones, and text of any script. */
public abstract class PayloadContract extends ContractTests {

  private static final String UNICODE = "Grüße, 世界, 🚀 \u0000\u2028\"\\";

  /**
   * Creates the tests.
   *
   * @param fixtures opens a fixture for each test, in which these limits apply
   */
  protected PayloadContract(Function<Limits, TransportFixture> fixtures) {
    super(fixtures);
  }

  @ParameterizedTest
  @EnumSource
  void aBodyOfOneMebibyteArrivesAndReturns(CallStyle style) {
    deploy(worker().build());
    String large = "x".repeat(1 << 20);

    assertThat(echo(style, shop(), large).text()).isEqualTo("echo " + large);
  }

  @ParameterizedTest
  @EnumSource
  void aMessageJustBelowTheSizeLimitIsDelivered(CallStyle style) {
    deploy(worker().build());
    String large = "x".repeat(64_000);

    send(style, shop(), large);
    fixture().settle();

    assertThat(handled).containsExactly("job " + large);
  }

  @ParameterizedTest
  @EnumSource
  void anyUnicodeTextIsPreserved(CallStyle style) {
    deploy(worker().build());
    W7s shop = shop();

    assertThat(echo(style, shop, UNICODE).text()).isEqualTo("echo " + UNICODE);
    send(style, shop, UNICODE);
    publish(style, shop, UNICODE);
    fixture().settle();

    assertThat(handled).containsExactlyInAnyOrder("job " + UNICODE, "event " + UNICODE);
  }
}
