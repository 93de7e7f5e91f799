package io.w7s.sdk.internal;

import static io.w7s.sdk.internal.EnvelopeTest.json;
import static io.w7s.sdk.internal.EnvelopeTest.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.error.CodecException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the control plane answers, and what its successes hold. */
class ControlAnswerTest {

  @Test
  void successCarriesItsDataInPlace() {
    byte[] body = json("{'status':'success','data':{'x':[1]},'more':true}");
    assertThat(ControlAnswer.read(body))
        .contains(new ControlAnswer.Success(slice("{'x':[1]}")))
        .get()
        .satisfies(
            answer -> assertThat(((ControlAnswer.Success) answer).data().array()).isSameAs(body));
  }

  @Test
  void failureCarriesMessageAndDetails() {
    assertThat(
            ControlAnswer.read(
                json(
                    "{'details':{'rateLimit':{'limit':120}},'error':'Too many','status':'error'}")))
        .contains(
            new ControlAnswer.Failure("Too many", Map.of("rateLimit", Map.of("limit", 120L))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'status':'error','error':'no'}",
        "{'status':'error','error':'no','details':null}",
        "{'status':'error','error':'no','details':'text'}",
      })
  void failureWithoutAnObjectOfDetailsHasNone(String json) {
    assertThat(ControlAnswer.read(json(json))).contains(new ControlAnswer.Failure("no", Map.of()));
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
    assertThat(ControlAnswer.read(json(json))).isEmpty();
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
    assertThat(ControlData.read(json(body), ControlAnswerTest::checked)).isEqualTo(slice(data));
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
    assertThat(ControlData.read(json(body), ControlAnswerTest::checked)).isNull();
  }

  @Test
  void dataThatItsReaderDoesNotWantIsRefused() {
    CodecException e =
        catchThrowableOfType(
            CodecException.class,
            () -> ControlData.read(json("{'status':'success','data':{}}"), ControlData::instance));
    assertThat(e).hasMessage("workflow answer at $.instance: is missing");
  }

  private static JsonSlice checked(JsonSlice json) {
    return JsonReader.read(json, "data", JsonReader::slice);
  }
}
