package io.w7s.sdk.json;

import static io.w7s.sdk.json.Samples.ITEM;
import static io.w7s.sdk.json.Samples.ITEMS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.json.Samples.Item;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
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
  void settingsOfABroughtMapperOfJackson3Decide() {
    JsonCodec codec =
        JacksonCodec.of(
            JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build());
    assertThat(codec.encode(new Item("a", 1), ITEM))
        .asString(UTF_8)
        .isEqualTo("{\"Sku\":\"a\",\"Count\":1}");
    assertThat(codec.decode("{\"Sku\":\"a\"} ".getBytes(UTF_8), ITEM)).isEqualTo(new Item("a", 0));
    assertThatExceptionOfType(CodecException.class)
        .as("an unknown field, which is content and not repeated")
        .isThrownBy(() -> codec.decode("{\"hunter2\":\"a\"}".getBytes(UTF_8), ITEM))
        .withMessageContaining("a field that Item does not have")
        .withMessageContaining("known fields: [")
        .satisfies(e -> assertThat(e.getMessage()).contains(" at $.*").doesNotContain("hunter2"));
    assertThatExceptionOfType(CodecException.class)
        .as("the rule of one value, which no mapper's settings lift")
        .isThrownBy(() -> codec.decode("{} {}".getBytes(UTF_8), ITEM))
        .withMessageContaining("more text after the JSON value");
  }

  @Test
  void refusesAMissingMapper() {
    assertThatNullPointerException().isThrownBy(() -> JacksonCodec.of(null));
    assertThatNullPointerException().isThrownBy(() -> Jackson2Codec.of(null));
    assertThatNullPointerException().isThrownBy(() -> JsonbCodec.of(null));
  }

  @Test
  void mapperOfJackson2WithoutItsModulesIsToldWhichItNeeds() {
    JsonCodec codec = Jackson2Codec.of(new ObjectMapper());
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.encode(Samples.ORDER_1, Samples.ORDER))
        .withMessageContaining("add Module \"com.fasterxml.jackson.datatype:jackson-datatype-");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(
            () ->
                codec.decode("\"2026-05-24T21:59:00Z\"".getBytes(UTF_8), TypeRef.of(Instant.class)))
        .withMessageContaining(
            "add Module \"com.fasterxml.jackson.datatype:jackson-datatype-jsr310\"");
  }

  @Test
  void settingsOfABroughtMapperOfJackson2Decide() {
    var mapper = new ObjectMapper();
    mapper.setPropertyNamingStrategy(
        com.fasterxml.jackson.databind.PropertyNamingStrategies.UPPER_CAMEL_CASE);
    JsonCodec codec = Jackson2Codec.of(mapper);
    assertThat(codec.encode(new Item("a", 1), ITEM))
        .asString(UTF_8)
        .isEqualTo("{\"Sku\":\"a\",\"Count\":1}");
    assertThatExceptionOfType(CodecException.class)
        .as("an unknown field, which the SDK's own mapper would ignore")
        .isThrownBy(() -> codec.decode("{\"hunter2\":\"a\"}".getBytes(UTF_8), ITEM))
        .satisfies(e -> assertThat(e.getMessage()).contains(" at $.*").doesNotContain("hunter2"));
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
