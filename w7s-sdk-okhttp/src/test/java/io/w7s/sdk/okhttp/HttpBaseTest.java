package io.w7s.sdk.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs go out as they were asked for, or not at all. */
class HttpBaseTest {

  private static final HttpBase BASE = HttpBase.of(URI.create("http://127.0.0.1:1/app"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "//",
        "/a//b",
        "/a/b/",
        "/files/a%2Fb",
        "/%2e%2ex",
        "/...",
        "/a;b=1",
        "/!$&'()*+,;=:@-._~",
        "/%E2%82%AC",
        "/%C3",
        "/%00",
        "/%zz"
      })
  void aPathIsSentAsItIs(String path) {
    assertThat(BASE.at(path, "")).hasToString("http://127.0.0.1:1/app" + path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.",
        "/..",
        "/a/./b",
        "/a/../b",
        "/%2e",
        "/%2E%2e/a",
        "/a\\b",
        "/a b",
        "/a\tb",
        "/ä",
        "/a#b",
        "/a?b",
        "/{a}",
        "/a|b"
      })
  void aPathThatWouldBeChangedIsNotSent(String path) {
    assertThat(BASE.at(path, "")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "a=1&b=x%20y,true",
    "a,true",
    "a=%27,true",
    "a=',false",
    "a=1#b,false",
    "a=1?b,true",
    "a=b c,false"
  })
  void aQueryIsSentAsItIsOrNotAtAll(String query, boolean sent) {
    assertThat(BASE.at("/x", query) != null).isEqualTo(sent);
  }

  @Test
  void aUrlThatIsAskedForAgainIsTheSameAndManyOthersAreNotKept() {
    assertThat(BASE.at("/same", "")).isSameAs(BASE.at("/same", ""));
    for (int i = 0; i < 1000; i++) {
      assertThat(BASE.at("/orders/" + i, "")).hasToString("http://127.0.0.1:1/app/orders/" + i);
    }
    assertThat(BASE.at("/orders/999", "")).isNotSameAs(BASE.at("/orders/999", ""));
  }

  @Test
  void aBaseWithoutAPathTakesPathsToo() {
    HttpBase root = HttpBase.of(URI.create("https://w7s.cloud"));

    assertThat(root.at("/api/v1", "")).hasToString("https://w7s.cloud/api/v1");
  }

  @Test
  void aUrlThatCannotBeCalledIsNoBase() {
    assertThat(HttpBase.of(URI.create("ftp://w7s.cloud"))).isNull();
  }
}
