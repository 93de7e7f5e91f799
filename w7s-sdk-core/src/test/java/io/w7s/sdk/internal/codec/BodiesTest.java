package io.w7s.sdk.internal.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.w7s.sdk.RawBody;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.json.StrictCodec;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodiesTest {

  private static final JsonCodec CODEC = new StrictCodec();
  private static final TypeRef<String> TEXT = TypeRef.of(String.class);
  private static final TypeRef<Void> NOTHING = TypeRef.of(Void.class);

  @Test
  void writesNullWithoutTheCodec() {
    assertThat(Bodies.write(CODEC, null, TEXT)).asString(UTF_8).isEqualTo("null");
    assertThat(Bodies.write(CODEC, null, NOTHING)).asString(UTF_8).isEqualTo("null");
    assertThat(Bodies.write(CODEC, "a", TEXT)).asString(UTF_8).isEqualTo("\"a\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \r\n\t ", "\ufeff", "null", "{\"ok\":true}", "x", "<html>"})
  void readsAnyBodyAsVoidWithoutTheCodec(String body) {
    assertThat(Bodies.read(CODEC, json(body), NOTHING)).isNull();
    assertThat(Bodies.read(CODEC, json(body), TypeRef.of(void.class))).isNull();
    assertThat(Bodies.readOptional(CODEC, json(body), NOTHING)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\r\n\t ", "\ufeff", "\ufeff\n"})
  void refusesAnEmptyBodyWhereOneIsNeeded(String body) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> Bodies.read(CODEC, json(body), TEXT))
        .withMessage("String: no JSON at all");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\r\n\t ", "\ufeff", "null", " null "})
  void readsAnEmptyBodyAsJsonNullWhereItMayBeEmpty(String body) {
    assertThat(Bodies.readOptional(CODEC, json(body), TEXT)).isNull();
    assertThat(Bodies.readOptional(CODEC, json(body), new TypeRef<Optional<String>>() {}))
        .isEqualTo(Optional.empty());
  }

  @Test
  void readsAPartOfAnArray() {
    byte[] whole = "[\"a\",\"b\"]".getBytes(UTF_8);
    assertThat(Bodies.read(CODEC, new JsonSlice(whole, 5, 3), TEXT)).isEqualTo("b");
    assertThat(Bodies.readOptional(CODEC, new JsonSlice(whole, 1, 3), TEXT)).isEqualTo("a");
  }

  private static JsonSlice json(String body) {
    return JsonSlice.of(body.getBytes(UTF_8));
  }

  @Test
  void refusesARawBodyBecauseItIsNoJson() {
    TypeRef<RawBody> raw = TypeRef.of(RawBody.class);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> Bodies.write(CODEC, RawBody.of("a/b", new byte[1]), raw))
        .withMessageContaining("only the whole body of a route");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> Bodies.read(CODEC, json("{}"), raw))
        .withMessageContaining("only the whole body of a route");
  }

  @Test
  void leavesRawJsonAsItIs() {
    TypeRef<RawJson> raw = TypeRef.of(RawJson.class);
    assertThat(Bodies.write(CODEC, RawJson.of(" [1.50] "), raw))
        .asString(UTF_8)
        .isEqualTo(" [1.50] ");
    assertThat(Bodies.read(CODEC, json("[1.50]"), raw)).isEqualTo(RawJson.of("[1.50]"));
    assertThat(Bodies.readOptional(CODEC, json(""), raw)).isEqualTo(RawJson.of("null"));
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> Bodies.read(CODEC, json("[1.50"), raw));
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> Bodies.read(CODEC, json(""), raw));
  }
}
