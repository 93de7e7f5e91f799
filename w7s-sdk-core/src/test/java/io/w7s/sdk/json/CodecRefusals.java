package io.w7s.sdk.json;

import static io.w7s.sdk.json.Samples.ITEM;
import static io.w7s.sdk.json.Samples.ITEMS_BY_NAME;
import static io.w7s.sdk.json.Samples.ORDER;
import static io.w7s.sdk.json.Samples.PARCEL;
import static io.w7s.sdk.json.Samples.TEXT;
import static io.w7s.sdk.json.Samples.UNTYPED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.json.Samples.Item;
import io.w7s.sdk.json.Samples.Positive;
import io.w7s.sdk.json.Samples.Sealed;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every codec refuses, and what it says then. */
abstract class CodecRefusals extends CodecFacts {

  // ---- Whole input, parts of it

  @Test
  void partOfAnArrayIsReadWithoutTheRest() {
    byte[] whole =
        "[{'sku':'é','count':1}, {'sku':'b','count':2}]".replace('\'', '"').getBytes(UTF_8);
    int second = new String(whole, UTF_8).indexOf(" {") + 1; // é is one byte more than a character
    assertThat(codec().decode(whole, 1, 22, ITEM)).isEqualTo(new Item("é", 1));
    assertThat(codec().decode(whole, second, whole.length - second - 1, ITEM))
        .isEqualTo(new Item("b", 2));
  }

  @Test
  void positionInAPartCountsFromItsStart() {
    byte[] whole = "[\n\n{'sku':'a',\n 'count' 1}]".replace('\'', '"').getBytes(UTF_8);
    assertThat(failure(() -> codec().decode(whole, 3, whole.length - 4, ITEM)).position())
        .hasValueSatisfying(place -> assertThat(place).startsWith("line 2, column "));
  }

  @Test
  void rangeOutsideTheArrayIsAnIndexError() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> codec().decode(new byte[2], 1, 2, ITEM));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] json = {'"', 's', 'e', 'c', 'r', 'e', 't', (byte) 0xff, '"'};
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec().decode(json, TEXT))
        .withMessageContaining("String")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  @Test
  void whiteSpaceAroundIsFine() {
    assertThat(decode(" \r\n\t{'sku':'a','count':1}\n ", ITEM)).isEqualTo(new Item("a", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{} secret", "{}{}", "{} 1", "{}]", "{},", "{}\u0000"})
  void anythingAfterTheValueIsRefused(String json) {
    refused(json, PARCEL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n"})
  void emptyInputIsRefused(String json) {
    CodecException e = failure(() -> decode(json, ORDER));
    assertThat(e).hasMessage("Samples.Order: no JSON at all");
    assertThat(e.type()).isEqualTo("Samples.Order");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{'email':'secret",
        "{'email':'secret'",
        "{'email':secret}",
        "{'email' 'secret'}",
        "{'email':'secret',}",
        "{'unknown':[1,'secret'}}",
        "{'email':'secret\n'}",
        "{'amount':01}",
        "{email:'secret'}",
        "NaN",
        "// secret\n{}",
        "<html>secret</html>",
      })
  void textThatIsNotJsonIsRefusedByTypeAndPositionAlone(String json) {
    CodecException e = failure(() -> decode(json, ORDER));
    assertThat(e.type()).isEqualTo("Samples.Order");
    assertThat(e.position()).hasValueSatisfying(p -> assertThat(p).contains("line 1, column "));
    assertThat(e.getMessage()).doesNotContain("secret");
  }

  // ---- Values that do not fit

  @Test
  void valueOfTheWrongKindIsRefusedByTypeAndPositionAlone() {
    CodecException e = failure(() -> decode("{'items':[{'sku':'a','count':'secret'}]}", ORDER));
    assertThat(e.type()).isEqualTo("Samples.Order");
    assertThat(e.position()).contains(placeOfWrongValue());
    assertThat(e)
        .hasMessage("Samples.Order at " + placeOfWrongValue() + ": " + reasonOfWrongValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'secret'",
        "['secret']",
        "12345",
        "true",
        "{'email':{'secret':1}}",
        "{'items':'secret'}",
        "{'items':{'secret':1}}",
        "{'items':['secret']}",
        "{'amount':'secret'}",
        "{'amount':['secret']}",
        "{'createdAt':'secret'}",
        "{'status':'secret'}",
      })
  void valueThatDoesNotFitIsRefusedByTypeAndPositionAlone(String json) {
    assertThat(refused(json, ORDER)).isEqualTo("Samples.Order");
  }

  @Test
  void keyOfAMapIsContentAndNotInTheMessage() {
    refused("{'secret':{'sku':'a','count':'x'}}", ITEMS_BY_NAME);
  }

  @Test
  void constructorThatThrowsIsACodecExceptionWithoutItsWords() {
    CodecException e = failure(() -> decode("{'value':-12345}", TypeRef.of(Positive.class)));
    assertThat(e.getMessage()).doesNotContain("12345");
    assertThat(e.getCause()).as("the library's own exception").isNotNull();
  }

  @Test
  void valueThatCannotBeWrittenIsACodecException() {
    CodecException e = failure(() -> codec().encode(Map.of("key", new Sealed("secret")), UNTYPED));
    assertThat(e.type()).isEqualTo("Map<String, Object>");
    assertThat(e.position()).isEmpty();
    assertThat(e.getMessage()).doesNotContain("secret", "key");
  }
}
