package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawBodyTest {

  @Test
  void isReadAsOftenAsItCanBe() throws IOException {
    byte[] bytes = {1, 2};
    RawBody again = RawBody.from("a/b", () -> new ByteArrayInputStream(bytes));
    RawBody once = RawBody.once("a/b", new ByteArrayInputStream(bytes));

    assertThat(RawBody.of("a/b", bytes).open()).hasBinaryContent(bytes);
    assertThat(again.bytes()).isEqualTo(bytes);
    assertThat(again.open()).hasBinaryContent(bytes);
    assertThat(once.bytes()).isEqualTo(bytes);
    assertThatThrownBy(once::open).isInstanceOf(IOException.class).hasMessageContaining("once");
    assertThat(again.isRepeatable()).isTrue();
    assertThat(once.isRepeatable()).isFalse();
  }

  @Test
  void hasTheContentTypeOfHeadersOrAnUnknownOne() {
    assertThat(RawBody.of(Headers.of("Content-Type", "a/b; c=d"), new byte[0]).contentType())
        .isEqualTo("a/b; c=d");
    assertThat(RawBody.of(Headers.none(), new byte[0]).contentType())
        .isEqualTo("application/octet-stream");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a/b\r\nx: y", "a\0"})
  void refusesAContentTypeThatIsNoHeader(String contentType) {
    assertThatThrownBy(() -> RawBody.of(contentType, new byte[0]))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void turnsEveryFailureOfASourceIntoAnIoException() {
    var cause = new IllegalStateException("no");
    Callable<InputStream> throwing =
        () -> {
          throw cause;
        };

    assertThatThrownBy(() -> RawBody.from("a/b", throwing).open())
        .isInstanceOf(IOException.class)
        .hasCause(cause);
    assertThatThrownBy(() -> RawBody.from("a/b", () -> null).open())
        .isInstanceOf(IOException.class);
  }

  @Test
  void keepsTheInterruptOfASource() {
    RawBody body =
        RawBody.from(
            "a/b",
            () -> {
              throw new InterruptedException();
            });

    assertThatThrownBy(body::open).isInstanceOf(IOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void showsNothingOfItsContent() {
    assertThat(RawBody.of("a/b", new byte[6])).hasToString("RawBody[a/b, 6 bytes]");
    assertThat(RawBody.once("a/b", InputStream.nullInputStream()))
        .hasToString("RawBody[a/b, a stream]");
  }
}
