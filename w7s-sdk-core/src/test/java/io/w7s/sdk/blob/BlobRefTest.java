package io.w7s.sdk.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobRefTest {

  private static final String ID = "0b0e4ac4-6f8e-4a4e-9d6f-3f1d8a1c2b3d";
  private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);

  @Test
  void matchesTheBytesThatItWasMadeOf() {
    BlobRef blob = BlobRef.of(ID, ABC);

    assertThat(blob.size()).isEqualTo(3);
    // the first test vector of FIPS 180-4
    assertThat(blob.sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(blob.matches(ABC)).isTrue();
    assertThat(blob.matches("abd".getBytes(StandardCharsets.US_ASCII))).isFalse();
    assertThat(blob.matches("abcd".getBytes(StandardCharsets.US_ASCII))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "..",
        "../../../../../../../../../etc/passwd",
        "0b0e4ac4/6f8e-4a4e-9d6f-3f1d8a1c2b3d",
        "0b0e4ac4-6f8e-4a4e-9d6f-3f1d8a1c2b3",
        "0b0e4ac4-6f8e-4a4e-9d6f-3f1d8a1c2b3d\n",
        "0B0E4AC4-6F8E-4A4E-9D6F-3F1D8A1C2B3D",
        "0b0e4ac46f8e4a4e9d6f3f1d8a1c2b3d1234",
        "nul\u0000"
      })
  void refusesAnIdThatIsNone(String id) {
    assertThatThrownBy(() -> BlobRef.of(id, ABC))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must be a UUID in lower case");
  }

  @Test
  void refusesASizeAndAChecksumThatAreNone() {
    String sha256 = BlobRef.sha256(ABC);
    assertThatThrownBy(() -> new BlobRef(ID, 0, sha256)).hasMessageContaining("must be 1 or more");
    assertThatThrownBy(() -> new BlobRef(ID, 3, "x" + sha256.substring(1)))
        .hasMessageContaining("must be 64 hexadecimal digits");
    assertThatThrownBy(() -> new BlobRef(ID, 3, sha256 + "0"))
        .hasMessageContaining("must be 64 hexadecimal digits");
  }

  @Test
  void aBlobIsKeptForADayLongerThanThePlatformMayDeliverItsMessage() {
    assertThat(BlobStore.SHORTEST_EXPIRY)
        .isEqualTo(Consumption.SHORTEST_WINDOW.plus(Duration.ofDays(1)));
  }
}
