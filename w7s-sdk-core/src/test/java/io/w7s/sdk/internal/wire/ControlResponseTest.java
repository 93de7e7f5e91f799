package io.w7s.sdk.internal.wire;

import static io.w7s.sdk.internal.wire.EnvelopeTest.json;
import static io.w7s.sdk.internal.wire.EnvelopeTest.slice;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.Output;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the control plane answers, and what its successes hold. */
class ControlResponseTest {

  private static final AppId APP = AppId.parse("acme/target");
  private static final Instant MOMENT = Instant.parse("2026-05-24T21:59:00Z");

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
  void anythingElseIsNoResponseOfTheControlPlane(String json) {
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
    assertThat(e).hasMessage("workflow response at $.instance: is missing");
  }

  @Test
  void aSuccessIsReadAsItWasWritten() {
    var success = new ControlResponse.Success(slice("{'x':[1]}"));
    assertThat(new String(success.toJson(), UTF_8))
        .isEqualTo("{\"status\":\"success\",\"data\":{\"x\":[1]}}");
    assertThat(ControlResponse.read(success.toJson())).contains(success);
  }

  @Test
  void aFailureIsReadAsItWasWritten() {
    var bare = new ControlResponse.Failure("no \"x\"", Map.of());
    assertThat(new String(bare.toJson(), UTF_8))
        .isEqualTo("{\"status\":\"error\",\"error\":\"no \\\"x\\\"\"}");
    assertThat(ControlResponse.read(bare.toJson())).contains(bare);
    var detailed = new ControlResponse.Failure("no", Map.of("limit", 120L));
    assertThat(ControlResponse.read(detailed.toJson())).contains(detailed);
  }

  @Test
  void aReceiptIsReadAsItWasWritten() {
    var receipt = new SendReceipt(APP, "jobs", MOMENT);
    JsonSlice data = ControlResults.toJson(receipt);
    assertThat(text(data))
        .isEqualTo(
            "{'queue':{'owner':'acme','repo':'target','name':'jobs'},"
                + "'enqueuedAt':'2026-05-24T21:59:00.000Z','result':{'metadata':{'metrics':{}}}}");
    var send = new QueueSend(APP, "jobs", "", new byte[0], Duration.ZERO, false);
    assertThat(ControlResults.sent(send, data)).isEqualTo(receipt);
  }

  @Test
  void anInstanceIsReadAsItWasWritten() {
    var status =
        new WorkflowStatus(
            State.ERRORED,
            Optional.of(new Output(500, "text/plain", "half of one: \uD83D")),
            Optional.of("it failed"));
    JsonSlice data =
        ControlResults.toJson(APP, "check_out", new WorkflowInstance("i-1", status), MOMENT);
    assertThat(text(data))
        .isEqualTo(
            "{'workflow':{'owner':'acme','repo':'target','name':'check_out'},"
                + "'instance':{'id':'i-1','status':{'status':'errored',"
                + "'output':{'status':500,'contentType':'text/plain','body':'half of one: ?'},"
                + "'error':{'name':'Error','message':'it failed'}}},"
                + "'createdAt':'2026-05-24T21:59:00.000Z'}");
    WorkflowInstance read = ControlResults.instance(data);
    assertThat(read.id()).isEqualTo("i-1");
    assertThat(read.status().error()).hasValue("it failed");
    assertThat(read.status().output().orElseThrow().status()).isEqualTo(500);
  }

  private static String text(JsonSlice json) {
    return new String(json.toBytes(), UTF_8).replace('"', '\'');
  }

  private static JsonSlice checked(JsonSlice json) {
    return JsonReader.read(json, "data", JsonReader::slice);
  }
}
