package io.w7s.sdk.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SigningSecretsTest {

  private static final String CANARY = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeQ==";
  private static final Instant END = Instant.parse("2026-11-28T01:00:00Z");
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.US_ASCII);

  static Stream<String> broken() {
    String base64 = CANARY.substring("whsec_".length());
    return Stream.of(
        "",
        base64,
        "WHSEC_" + base64,
        "whsec_" + base64.substring(0, 20),
        "whsec_" + base64.replace("=", ""),
        CANARY + " ",
        CANARY.replace('Y', '*'),
        "whsec_" + base64.substring(0, 48) + base64);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void tellsTheRuleAndNothingOfABrokenSecret(String broken) {
    assertThatThrownBy(() -> SigningSecrets.of(broken))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must be whsec_ and the Base64 of 32 to 64 random bytes")
        .hasNoCause()
        .message()
        .doesNotContain("Y2FuYXJ5")
        .doesNotContain("canary");
    assertThatThrownBy(() -> SigningSecrets.local().withPrevious(broken, END))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void showNothingOfThemselves() {
    SigningSecrets secrets = SigningSecrets.of(CANARY).withPrevious(SigningSecrets.generate(), END);

    assertThat(secrets).hasToString("SigningSecrets[secret, previous until 2026-11-28T01:00:00Z]");
    assertThat(SigningSecrets.local()).hasToString("SigningSecrets[published]");
  }

  @Test
  void generatesAnotherSecretEachTime() {
    String secret = SigningSecrets.generate();

    assertThat(secret).startsWith("whsec_").isNotEqualTo(SigningSecrets.generate());
    assertThat(Base64.getDecoder().decode(secret.substring("whsec_".length()))).hasSize(32);
    assertThat(SigningSecrets.of(secret).isLocal()).isFalse();
  }

  @Test
  void anyPublishedSecretAmongThemMakesThemLocal() {
    String published = SignatureVectors.fields("local").text("secret");

    assertThat(SigningSecrets.of(CANARY).withPrevious(published, END).isLocal()).isTrue();
    assertThat(SigningSecrets.local().withPrevious(CANARY, END).isLocal()).isTrue();
    assertThat(SigningSecrets.of(CANARY).isLocal()).isFalse();
  }

  @Test
  void aPreviousSecretIsValidUntilItsEnd() {
    SigningSecrets old = SigningSecrets.of(CANARY);
    SigningSecrets secrets = SigningSecrets.of(SigningSecrets.generate()).withPrevious(CANARY, END);
    byte[][] signedBefore = {old.sign(CONTENT)};

    assertThat(secrets.verify(CONTENT, signedBefore, END.minusNanos(1))).isTrue();
    assertThat(secrets.verify(CONTENT, signedBefore, END)).isFalse();
    assertThat(secrets.verify(CONTENT, new byte[][] {secrets.sign(CONTENT)}, END)).isTrue();
  }

  @Test
  void signOnManyThreadsAtOnce() throws Exception {
    SigningSecrets secrets = SigningSecrets.of(CANARY);
    byte[] right = secrets.sign(CONTENT);
    Callable<Boolean> signsRight =
        () -> {
          for (int i = 0; i < 2_000; i++) {
            if (!java.util.Arrays.equals(secrets.sign(CONTENT), right)) {
              return false;
            }
          }
          return true;
        };
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (Future<Boolean> each :
          threads.invokeAll(List.of(signsRight, signsRight, signsRight, signsRight))) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      threads.shutdown();
    }
  }
}
