package io.w7s.sdk.internal.wire;

import static io.w7s.sdk.internal.wire.EnvelopeTest.json;
import static io.w7s.sdk.internal.wire.EnvelopeTest.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the control plane answers, and what its successes hold. */
class ControlResponseTest {

  @Test
  void successCarriesItsDataInPlace() {
    byte[] body = json("{'status':'success','data':{'x':[1]},'more':true}");
    assertThat(ControlResponse.read(body))
        .contains(new ControlResponse.Success(slice("{'x':[1]}")))
        .get()
        .satisfies(
            answer -> assertThat(((ControlResponse.Success) answer).data().array()).isSameAs(body));
  }

  @Test
  void failureCarriesMessageAndDetails() {
    assertThat(
            ControlResponse.read(
                json(
                    "{'details':{'rateLimit':{'limit':120}},'error':'Too many','status':'error'}")))
        .contains(
            new ControlResponse.Failure("Too many", Map.of("rateLimit", Map.of("limit", 120L))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'status':'error','error':'no'}",
        "{'status':'error','error':'no','details':null}",
        "{'status':'error','error':'no','details':'text'}",
      })
  void failureWithoutAnObjectOfDetailsHasNone(String json) {
    assertThat(ControlResponse.read(json(json)))
        .contains(new ControlResponse.Failure("no", Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ok",
        "<html></html>",
        "null",
        "[]",
        "{}",
        "{'status':'success'}",
        "{'status':200,'data':{}}",
        "{'status':'error'}",
        "{'status':'error','error':{'code':1}}",
        "{'status':'errored','error':'x'}",
        "{'error':'not found'}",
        "{'status':'error','error':'x'} trailing",
        "{'status':'error','error':'x'",
      })
  void anythingElseIsNoAnswerOfTheControlPlane(String json) {
    assertThat(ControlResponse.read(json(json))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'status':'success','data':{'x':[1]}}|{'x':[1]}",
        "{'status':'success','data':null}|null",
        "{'status':'success','data':{'x':[1]},'more':true}|{'x':[1]}",
        "{'status':'success','data':{},'data':1}|1",
        " {'status' : 'success', 'data': {'x':[1]}} |{'x':[1]}",
        "{'data':{'x':[1]},'status':'success'}|{'x':[1]}",
      })
  void dataIsReadWhateverFormASuccessHas(String body, String data) {
    assertThat(ControlResults.read(json(body), ControlResponseTest::checked))
        .isEqualTo(slice(data));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'status':'success','data':}",
        "{'status':'success','data':{}",
        "{'status':'success','data':1}}",
        "{'status':'success','data':1} }",
        "{'status':'success','data':{},'status':'error'}",
        "{'status':'success','data':'}",
        "{'status':'error','error':'no'}",
        "",
      })
  void whatIsNoSuccessHasNoData(String body) {
    assertThat(ControlResults.read(json(body), ControlResponseTest::checked)).isNull();
  }

  @Test
  void dataThatItsReaderDoesNotWantIsRefused() {
    CodecException e =
        catchThrowableOfType(
            CodecException.class,
            () ->
                ControlResults.read(
                    json("{'status':'success','data':{}}"), ControlResults::instance));
    assertThat(e).hasMessage("workflow answer at $.instance: is missing");
  }

  private static JsonSlice checked(JsonSlice json) {
    return JsonReader.read(json, "data", JsonReader::slice);
  }
}
