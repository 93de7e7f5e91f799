package io.w7s.sdk.json;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The codec that the Javadoc of {@link JsonCodec} shows, to the letter. */
public record MapperCodec(JsonMapper mapper) implements JsonCodec {
  @Override
  public byte[] encode(Object value, TypeRef<?> type) {
    try {
      return mapper.writerFor(mapper.constructType(type.type())).writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw new CodecException(type.toString(), null, "cannot be written", e);
    }
  }

  @Override
  public <T> T decode(byte[] json, int offset, int length, TypeRef<T> type) {
    try {
      return mapper.readerFor(mapper.constructType(type.type())).readValue(json, offset, length);
    } catch (JacksonException e) {
      throw new CodecException(type.toString(), null, "cannot be read", e);
    }
  }
}
