package io.w7s.sdk.json;

class JacksonCodecTest extends CodecSuite {

  private static final JsonCodec CODEC = JacksonCodec.create();

  @Override
  JsonCodec codec() {
    return CODEC;
  }
}
