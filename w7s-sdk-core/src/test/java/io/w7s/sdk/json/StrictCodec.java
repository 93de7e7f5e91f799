package io.w7s.sdk.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.TypeRef;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/** A codec that fails where it is asked for what {@link JsonCodec} says it is never asked for. */
public final class StrictCodec implements JsonCodec {

  private final JsonCodec codec = new MapperCodec(JsonMapper.builder().build());

  @Override
  public byte[] encode(Object value, TypeRef<?> type) {
    assertThat(value).as("value to write as %s", type).isNotNull();
    assertThat(type.type()).isNotEqualTo(Void.class);
    return codec.encode(value, type);
  }

  @Override
  public <T> T decode(byte[] json, int offset, int length, TypeRef<T> type) {
    assertThat(new String(json, offset, length, StandardCharsets.UTF_8))
        .as("JSON to read as %s", type)
        .isNotBlank();
    assertThat(type.type()).isNotEqualTo(Void.class);
    return codec.decode(json, offset, length, type);
  }
}
