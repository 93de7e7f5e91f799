package io.w7s.sdk.json;

import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** The codecs of the SDK, each as {@code create()} makes it. */
public final class Codecs {

  private static final JsonCodec JACKSON = JacksonCodec.create();
  private static final JsonCodec JACKSON_2 = Jackson2Codec.create();
  private static final JsonCodec JSONB = JsonbCodec.create();

  private Codecs() {}

  public static Stream<Named<JsonCodec>> all() {
    return Stream.of(
        Named.of("Jackson 3", JACKSON),
        Named.of("Jackson 2", JACKSON_2),
        Named.of("JSON-B", JSONB));
  }
}
