package io.w7s.sdk.json;

class Jackson2CodecTest extends CodecSuite {

  private static final JsonCodec CODEC = Jackson2Codec.create();

  @Override
  JsonCodec codec() {
    return CODEC;
  }
}
