package io.w7s.sdk.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

  private static final String TOKEN = "tok/en+Q=7\"z\\9-ä~1_f3";
  private static final Secrets SECRETS =
      new Secrets().addHeader("authorization", "Bearer " + TOKEN);

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String each(String format) {
    return TOKEN.chars().mapToObj(c -> format.formatted(c)).collect(Collectors.joining());
  }

  private static String percent(boolean lower) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : utf8(TOKEN)) {
      escaped.append((lower ? "%%%02x" : "%%%02X").formatted(b));
    }
    return escaped.toString();
  }

  static Stream<String> encodedForms() {
    String url = URLEncoder.encode(TOKEN, StandardCharsets.UTF_8);
    String json = TOKEN.replace("\\", "\\\\").replace("\"", "\\\"");
    return Stream.of(
        TOKEN,
        url,
        URLEncoder.encode(url, StandardCharsets.UTF_8),
        percent(true),
        percent(false),
        json,
        json.replace("/", "\\/"),
        each("\\u%04x"),
        each("\\u%04X"),
        each("&#%d;"),
        each("&#x%x;"),
        TOKEN.replace("\"", "&quot;"),
        "tok\\u002fen%2BQ&#61;7\\\"z\\\\9-\\u00e4~1_f3",
        HexFormat.of().formatHex(utf8(TOKEN)),
        HexFormat.of().withUpperCase().formatHex(utf8(TOKEN)));
  }

  @ParameterizedTest
  @MethodSource("encodedForms")
  void hidesEachFormAndNothingElse(String form) {
    assertThat(SECRETS.hide("bad token <" + form + ">, said w7s"))
        .isEqualTo("bad token <[hidden]>, said w7s");
    assertThat(SECRETS.isIn(form)).isTrue();
    assertThat(SECRETS.hide(form + form)).doesNotContain("f3").startsWith("[hidden]");
  }

  @Test
  void hidesPartsOfASecret() {
    assertThat(SECRETS.hide("3072" + TOKEN.substring(3) + "!")).isEqualTo("3072[hidden]!");
    assertThat(SECRETS.hide(TOKEN.substring(0, 12) + "…")).isEqualTo("[hidden]…");
    assertThat(SECRETS.isIn(TOKEN.substring(0, 12))).isFalse();
  }

  @Test
  void hidesBase64WhereverTheSecretStandsInIt() {
    for (Base64.Encoder encoder :
        List.of(
            Base64.getEncoder(),
            Base64.getUrlEncoder(),
            Base64.getEncoder().withoutPadding(),
            Base64.getUrlEncoder().withoutPadding())) {
      for (String before : List.of("", "B", "Be", "Bearer ", "authorization: Bearer ")) {
        for (String after : List.of("", "\n", "; q", "\r\nhost")) {
          String encoded = encoder.encodeToString(utf8(before + TOKEN + after));

          assertThat(SECRETS.hide("(" + encoded + ")")).isEqualTo("([hidden])");
        }
      }
    }
  }

  @Test
  void hidesBase64WithEscapes() {
    String encoded = Base64.getEncoder().encodeToString(utf8(TOKEN));

    assertThat(SECRETS.hide(encoded.replace("/", "\\/") + "!")).isEqualTo("[hidden]!");
    assertThat(SECRETS.hide(encoded.replace("+", "%2B").replace("=", "%3D") + "!"))
        .startsWith("[hidden]")
        .doesNotContain(encoded.substring(4, 12));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no such queue",
        "100% of \\u00zz & more &nosuch; %zz %",
        "\\",
        "\\u",
        "&#99999999;",
        "&#x110000;",
        "tok/en+Q=7 en+Q=7",
        "half \ud83d"
      })
  void leavesOtherTextAlone(String text) {
    assertThat(SECRETS.hide(text)).isEqualTo(text);
    assertThat(SECRETS.isIn(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "cookie,sid=s3cretcookie; theme=darkness,s3cretcookie",
        "cookie,sid=s3cretcookie; theme=darkness,darkness",
        "x-api-key,k3y with blanks,k3y with blanks",
        "x-api-key,abc123,abc123",
        "x-signature,`keyId=\"one\",signature=\"c2lnbmF0dXJl==\"`,c2lnbmF0dXJl==",
        "set-cookie,s=fr0mServer; Path=/; HttpOnly,fr0mServer",
        "Proxy-Authorization,Digest response=\"6629fae49393\",6629fae49393",
        "x-session,a%20b%2Fc%3Dd,a b/c=d"
      })
  void findsTheSecretsOfAHeader(String name, String value, String secret) {
    assertThat(new Secrets().addHeader(name, value).hide("x " + secret + " x"))
        .isEqualTo("x [hidden] x");
  }

  @Test
  void doesNotTakeNamesSchemesAndShortTextForSecrets() {
    Secrets secrets =
        new Secrets()
            .addHeader("authorization", "Bearer abc")
            .addHeader("cookie", "connect.sid=1; a=b; c=%61%62%63")
            .addHeader("x-note", "nothing secret");
    String text = "Bearer token for connect.sid abc: nothing secret";

    assertThat(secrets.hide(text)).isEqualTo(text);
  }

  @Test
  void findsTheSecretsOfAQuery() {
    Secrets secrets = new Secrets().addQuery("page=2&access_token=q%2Fs3cret&key=&flag");

    assertThat(secrets.hide("page 2: q%2Fs3cret q/s3cret")).isEqualTo("page 2: [hidden] [hidden]");
  }

  @Test
  void aLineIsCutWithoutPartOfASecret() {
    String text = "bad\r\n\u001b[31mtoken \u2028\u202e" + TOKEN + " tail".repeat(10_000);

    assertThat(SECRETS.line(text, 20)).isEqualTo("bad   [31mtoken   [h…");
    assertThat(SECRETS.line(percent(true), 10)).isEqualTo("[hidden]");
  }

  @Test
  void hidesInNamesAndValuesOfJson() {
    assertThat(SECRETS.hideIn(Map.of(TOKEN, List.of(1, Map.of("a", "<" + TOKEN + ">"), true))))
        .isEqualTo(Map.of("[hidden]", List.of(1, Map.of("a", "<[hidden]>"), true)));
  }

  @Test
  void anExceptionWithoutSecretsStaysItself() {
    var clean = new ConnectException("refused");
    clean.initCause(new IOException("no route"));

    assertThat(SECRETS.hideIn(clean)).isSameAs(clean);
    assertThat(SECRETS.hideIn((Throwable) null)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cause", "suppressed", "itself"})
  void anExceptionWithASecretIsCopiedWithout(String where) {
    var guilty = new IllegalStateException("line\n" + TOKEN);
    Exception thrown = where.equals("itself") ? guilty : new IOException("no answer");
    if (where.equals("cause")) {
      thrown.initCause(guilty);
    } else if (where.equals("suppressed")) {
      thrown.addSuppressed(guilty);
    }

    Throwable shown = SECRETS.hideIn(thrown);

    assertThat(shown).hasStackTraceContaining("java.lang.IllegalStateException: line [hidden]");
    assertThat(shown.getStackTrace()).isEqualTo(thrown.getStackTrace());
  }

  @Test
  void aCircleOfCausesEnds() {
    var one = new IOException(TOKEN);
    var other = new IOException("other", one);
    one.initCause(other);

    assertThat(SECRETS.hideIn(one)).hasMessage("java.io.IOException: [hidden]");
  }

  @Test
  void anyTextCanBeSearched() {
    var random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      var text = new StringBuilder();
      for (int j = random.nextInt(40); j > 0; j--) {
        text.append("%\\u&#x;+/=0aDd".charAt(random.nextInt(14)));
        if (random.nextInt(8) == 0) {
          text.append((char) random.nextInt());
        }
      }
      assertThatCode(() -> SECRETS.hide(text.toString())).doesNotThrowAnyException();
    }
  }
}
