package io.w7s.sdk.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.signature.RefusedRequest.Check;
import io.w7s.sdk.signature.SignatureVectors.Fields;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is signed, and what a receiver accepts: the vectors that both languages share. */
class SignatureVectorsTest {

  static Stream<Fields> accepted() {
    return SignatureVectors.list("requests").stream().filter(vector -> vector.has("accepted"));
  }

  static Stream<Fields> refused() {
    return SignatureVectors.list("requests").stream().filter(vector -> vector.has("refused"));
  }

  static List<Fields> secrets() {
    return SignatureVectors.list("secrets");
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void signsTheTextOfTheVector(Fields vector) throws RefusedRequest {
    Fields expected = vector.fields("accepted");
    RequestKind kind = RequestKind.of(expected.text("kind"));

    byte[] content =
        SignedText.of(kind, SignatureVectors.request(vector))
            .content(expected.text("id"), String.valueOf(expected.number("time")));

    assertThat(new String(content, StandardCharsets.US_ASCII)).isEqualTo(expected.text("signed"));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void acceptsAVector(Fields vector) throws RefusedRequest {
    Fields expected = vector.fields("accepted");
    AppRequest request = SignatureVectors.request(vector);
    RequestTarget.check(request);

    RequestVerifier.Verified verified = verifier(vector).verify(request);

    assertThat(verified.kind().word()).isEqualTo(expected.text("kind"));
    assertThat(verified.id()).isEqualTo(expected.text("id"));
    assertThat(verified.until()).isEqualTo(Instant.ofEpochSecond(expected.number("time") + 301));
    assertThat(verified.request().body()).isSameAs(request.body());
  }

  @Test
  void signsAsTheVectorsDo() {
    Map<String, Fields> byName =
        accepted().collect(Collectors.toMap(Fields::toString, vector -> vector));
    for (RequestKind kind : RequestKind.values()) {
      Fields vector = byName.get("a request of the kind " + kind.word());
      Fields expected = vector.fields("accepted");

      byte[] signature =
          SignatureVectors.secrets(vector)
              .sign(expected.text("signed").getBytes(StandardCharsets.US_ASCII));

      assertThat("v1," + Base64.getEncoder().encodeToString(signature))
          .isEqualTo(expected.text("signature"));
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesAVector(Fields vector) {
    Fields expected = vector.fields("refused");

    Throwable refusal =
        catchThrowable(
            () -> {
              AppRequest request = SignatureVectors.request(vector);
              RequestTarget.check(request);
              verifier(vector).verify(request);
            });

    if (refusal instanceof InvalidInputException noHeader) { // no server hands such a one on
      assertThat(expected.text("check")).isEqualTo("header-value");
      assertThat(noHeader.field()).startsWith("header");
      return;
    }
    assertThat(refusal).isInstanceOf(RefusedRequest.class);
    Check check = ((RefusedRequest) refusal).check();
    assertThat(check).hasToString(expected.text("check"));
    assertThat(check.status()).isEqualTo((int) expected.number("status"));
  }

  @Test
  void haveOneOfEachCheckThatNeedsNoApp() {
    Set<String> checks =
        refused().map(vector -> vector.fields("refused").text("check")).collect(Collectors.toSet());
    EnumSet<Check> others =
        EnumSet.of(Check.BODY_SIZE, Check.NOT_PUBLIC, Check.ID_USED, Check.IDS_UNAVAILABLE);

    assertThat(checks)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Check.values())
                .filter(check -> !others.contains(check))
                .map(Check::toString)
                .toList());
    assertThat(SignatureVectors.list("requests")).hasSizeGreaterThanOrEqualTo(60);
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void readsSecretsStrictly(Fields vector) {
    String text = vector.text("text");
    if (vector.flag("valid")) {
      assertThat(SigningSecrets.of(text)).isNotNull();
    } else {
      assertThatThrownBy(() -> SigningSecrets.of(text)).isInstanceOf(InvalidInputException.class);
    }
  }

  /** Its secret has 24 bytes, which is too short for the SDK, so the layer below is checked. */
  @Test
  void theExampleOfStandardWebhooksHasTheSameHmac() throws Exception {
    Fields example = SignatureVectors.list("standardWebhooks").get(0);
    byte[] key = Base64.getDecoder().decode(example.text("secret").substring("whsec_".length()));
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));

    byte[] signature =
        mac.doFinal(
            (example.text("id") + "." + example.number("time") + "." + example.text("payload"))
                .getBytes(StandardCharsets.UTF_8));

    assertThat("v1," + Base64.getEncoder().encodeToString(signature))
        .isEqualTo(example.text("signature"));
  }

  @Test
  void thePublishedSecretIsTheDigestOfAText() throws Exception {
    Fields local = SignatureVectors.fields("local");
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest(local.text("text").getBytes(StandardCharsets.US_ASCII));

    assertThat(local.text("secret"))
        .isEqualTo("whsec_" + Base64.getEncoder().encodeToString(digest));
    assertThat(SigningSecrets.of(local.text("secret"))).isSameAs(SigningSecrets.local());
  }

  private static RequestVerifier verifier(Fields vector) {
    EnumSet<RequestKind> toTheBridge = EnumSet.of(RequestKind.CALL);
    return new RequestVerifier(
        SignatureVectors.secrets(vector),
        vector.text("receiver").equals("bridge") ? toTheBridge : EnumSet.complementOf(toTheBridge),
        new FixedTime(Instant.ofEpochSecond(vector.number("now"))));
  }
}
