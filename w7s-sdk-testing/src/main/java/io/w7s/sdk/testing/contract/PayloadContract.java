package io.w7s.sdk.testing.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.rpc.RpcRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Payloads of all kinds of call: large ones, text of any script, and bodies that are not JSON. */
public abstract class PayloadContract extends ContractTests {

  private static final String UNICODE = "Grüße, 世界, 🚀 \u0000\u2028\"\\";

  private static final RpcRef<RawBody, RawBody> COPY =
      AppRef.of("acme/worker").post("/copy", RawBody.class, RawBody.class);

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

  /** Returns an app that responds to a raw body with the same. */
  private static W7sApp.Builder copying() {
    return W7sApp.builder(AppRef.of("acme/worker"))
        .on(
            COPY,
            request -> {
              RawBody body = requireNonNull(request.body());
              return RawBody.of("got/" + body.contentType().replace('/', '-'), body.bytes());
            });
  }

  private static RawBody copy(CallStyle style, W7s w7s, RawBody body) {
    return style.call(() -> w7s.rpc().call(COPY, body), () -> w7s.rpc().callAsync(COPY, body));
  }

  private static byte[] notText(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void aRawBodyArrivesAndReturnsWithItsContentType(CallStyle style) {
    deploy(copying().build());
    W7s shop = shop();

    for (byte[] bytes : new byte[][] {notText(1000), {}}) {
      RawBody response = copy(style, shop, RawBody.of("image/png", bytes));

      assertThat(response.contentType()).isEqualTo("got/image-png");
      assertThat(response.bytes()).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStreamIsSentAsItIsReadAndClosed(CallStyle style) {
    deploy(copying().build());
    W7s shop = shop();
    byte[] large = notText(3_000_001);
    List<String> closed = new CopyOnWriteArrayList<>();
    InputStream stream =
        new ByteArrayInputStream(large) {
          @Override
          public void close() {
            closed.add("closed");
          }
        };

    assertThat(
            copy(style, shop, RawBody.from("a/b", () -> new ByteArrayInputStream(large))).bytes())
        .isEqualTo(large);
    assertThat(copy(style, shop, RawBody.once("a/b", stream)).bytes()).isEqualTo(large);
    assertThat(closed).isNotEmpty(); // closing a stream twice does no harm, and some clients do
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatCannotBeReadFailsTheCallAndNotTheNext(CallStyle style) {
    deploy(copying().build());
    W7s shop = shop();
    var lost = new IOException("the disk is gone");
    InputStream breaking =
        new SequenceInputStream(
            new ByteArrayInputStream(notText(100_000)),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw lost;
              }

              @Override
              public int read(byte[] into, int offset, int length) throws IOException {
                throw lost;
              }
            });

    for (RawBody body :
        List.of(
            RawBody.once("a/b", breaking),
            RawBody.from(
                "a/b",
                () -> {
                  throw lost;
                }))) {
      assertThatThrownBy(() -> copy(style, shop, body))
          .isExactlyInstanceOf(TransportException.class);
    }
    assertThat(copy(style, shop, RawBody.of("a/b", new byte[1])).bytes()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void aRawBodyOverTheTargetsLimitGetsA413(CallStyle style) {
    deploy(copying().maxBodyBytes(100_000).build());
    W7s shop = shop();
    byte[] large = notText(1_000_000);

    for (RawBody body :
        List.of(
            RawBody.of("a/b", large), RawBody.from("a/b", () -> new ByteArrayInputStream(large)))) {
      assertThatThrownBy(() -> copy(style, shop, body))
          .asInstanceOf(type(RpcFailedException.class))
          .satisfies(failed -> assertThat(failed.status()).isEqualTo(413));
    }
    assertThat(copy(style, shop, RawBody.of("a/b", notText(100_000))).bytes()).hasSize(100_000);
  }
}
