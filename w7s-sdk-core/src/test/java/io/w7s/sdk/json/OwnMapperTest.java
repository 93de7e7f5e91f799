package io.w7s.sdk.json;

import static io.w7s.sdk.json.Samples.ITEM;
import static io.w7s.sdk.json.Samples.ITEMS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.json.Samples.Item;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** A mapper that the user brings. */
class OwnMapperTest {

  @Test
  void codecOverAMapperOfJackson3TakesTenLines() {
    var codec =
        new MapperCodec(
            JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build());
    byte[] json = codec.encode(List.of(new Item("a", 1)), ITEMS);
    assertThat(json).asString(UTF_8).isEqualTo("[{\"Sku\":\"a\",\"Count\":1}]");
    assertThat(codec.decode(json, ITEMS)).containsExactly(new Item("a", 1));
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decode("{} {}".getBytes(UTF_8), ITEM));
  }

  @Test
  void settingsOfABroughtMapperDecide() {
    var mapper = new ObjectMapper();
    mapper.setPropertyNamingStrategy(
        com.fasterxml.jackson.databind.PropertyNamingStrategies.UPPER_CAMEL_CASE);
    JsonCodec codec = Jackson2Codec.of(mapper);
    assertThat(codec.encode(new Item("a", 1), ITEM))
        .asString(UTF_8)
        .isEqualTo("{\"Sku\":\"a\",\"Count\":1}");
    assertThatExceptionOfType(CodecException.class)
        .as("an unknown field, which the SDK's own mapper would ignore")
        .isThrownBy(() -> codec.decode("{\"sku\":\"a\"}".getBytes(UTF_8), ITEM));
    assertThatExceptionOfType(CodecException.class)
        .as("the rule of one value, which no mapper's settings lift")
        .isThrownBy(() -> codec.decode("{} {}".getBytes(UTF_8), ITEM));
  }

  @Test
  void settingsOfABroughtBindingDecide() {
    JsonCodec codec =
        JsonbCodec.of(
            JsonbBuilder.create(new JsonbConfig().withPropertyNamingStrategy("UPPER_CAMEL_CASE")));
    assertThat(codec.encode(new Item("a", 1), ITEM))
        .asString(UTF_8)
        .isEqualTo("{\"Count\":1,\"Sku\":\"a\"}");
    assertThat(codec.decode("{\"Sku\":\"a\"}".getBytes(UTF_8), ITEM)).isEqualTo(new Item("a", 0));
  }
}
