package io.w7s.sdk.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonSlice;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

  private static final Instant MOMENT = Instant.parse("2026-05-24T21:59:00Z");
  private static final Caller CALLER =
      new Caller(AppId.parse("acme/caller"), Environment.of("production"));
  private static final String CALLER_JSON =
      "{'orgSlug':'acme','repoSlug':'caller','repository':'acme/caller','environment':'production'}";

  // ---- Queue

  @Test
  void queueDeliveryOfThePlatformIsRead() {
    QueueDelivery delivery =
        QueueDelivery.read(
            json(
                "{'queue':'jobs','queueName':'w7s-production-acme-target-queue-jobs','messages':["
                    + "{'id':'m1','attempts':3,'timestamp':'2026-05-24T22:00:00.000Z',"
                    + "'enqueuedAt':'2026-05-24T21:59:00.000Z','caller':"
                    + CALLER_JSON
                    + ",'body':{'type':'work'}}]}"));
    assertThat(delivery)
        .isEqualTo(
            new QueueDelivery(
                "jobs",
                "w7s-production-acme-target-queue-jobs",
                List.of(
                    new QueueDelivery.Message(
                        "m1",
                        3,
                        Instant.parse("2026-05-24T22:00:00Z"),
                        MOMENT,
                        CALLER,
                        slice("{'type':'work'}")))));
  }

  @Test
  void queueDeliveryOfALocalCallerIsRead() {
    QueueDelivery delivery =
        QueueDelivery.read(
            json(
                "{'queue':'jobs','messages':[{'id':'m1','body':'x','attempts':1,"
                    + "'enqueuedAt':'2026-05-24T21:59:00.000Z'}]}"));
    assertThat(delivery)
        .isEqualTo(
            new QueueDelivery(
                "jobs",
                null,
                List.of(new QueueDelivery.Message("m1", 1, null, MOMENT, null, slice("'x'")))));
  }

  @Test
  void whatAMessageLeavesOutHasItsDefault() {
    var bare = new QueueDelivery.Message("m1", 1, null, null, null, slice("null"));
    assertThat(QueueDelivery.read(json("{'queue':'q','messages':[{'id':'m1'}]}")).messages())
        .containsExactly(bare);
    assertThat(
            QueueDelivery.read(
                    json(
                        "{'queueName':null,'queue':'q','messages':[{'timestamp':null,"
                            + "'enqueuedAt':null,'caller':null,'body':null,'id':'m1'}]}"))
                .messages())
        .containsExactly(bare);
  }

  @Test
  void unknownFieldsAndTheOrderOfFieldsDoNotMatter() {
    QueueDelivery delivery =
        QueueDelivery.read(
            json(
                "{'x':{'queue':'no'},'messages':[{'y':[{'id':'no'}],'body':[1],'id':'m1',"
                    + "'caller':{'z':1,'environment':'production','repoSlug':'caller','orgSlug':'acme'}"
                    + "}],'queue':'jobs','v':[[]]}"));
    assertThat(delivery.queue()).isEqualTo("jobs");
    assertThat(delivery.messages())
        .containsExactly(new QueueDelivery.Message("m1", 1, null, null, CALLER, slice("[1]")));
  }

  @Test
  void callersOfABatchAreReadOneByOne() {
    String other = CALLER_JSON.replace("'caller'", "'billing'");
    String longer = CALLER_JSON.replace("'production'", "'production-2'");
    String spaced = CALLER_JSON.replace(",", " , ");
    String batch =
        List.of(CALLER_JSON, CALLER_JSON, other, "null", other, longer, spaced).stream()
            .map(caller -> "{'id':'m','caller':" + caller + ",'body':1}")
            .collect(Collectors.joining(",", "{'queue':'q','messages':[", "]}"));
    var billing = new Caller(AppId.parse("acme/billing"), Environment.of("production"));
    var second = new Caller(AppId.parse("acme/caller"), Environment.of("production-2"));
    assertThat(QueueDelivery.read(json(batch)).messages())
        .extracting(QueueDelivery.Message::caller)
        .containsExactly(CALLER, CALLER, billing, null, billing, second, CALLER);
  }

  @Test
  void emptyBatchIsRead() {
    assertThat(QueueDelivery.read(json("{'queue':'q','messages':[]}")).messages()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []                                                  | $                             | must be an object
          'secret'                                            | $                             | must be an object
          {'messages':[]}                                     | $.queue                       | is missing
          {'queue':'q'}                                       | $.messages                    | is missing
          {'queue':7,'messages':[]}                           | $.queue                       | must be text
          {'queue':'q','messages':{}}                         | $.messages                    | must be an array
          {'queue':'q','messages':[{'id':'a'},'secret']}      | $.messages[1]                 | must be an object
          {'queue':'q','messages':[{'id':'a'},[]]}            | $.messages[1]                 | must be an object
          {'queue':'q','messages':[{'id':'a'},{}]}            | $.messages[1].id              | is missing
          {'queue':'q','messages':[{'id':['secret']}]}        | $.messages[0].id              | must be text
          {'queue':'q','messages':[{'attempts':'1'}]}         | $.messages[0].attempts        | must be a whole number from 1 to 2147483647
          {'queue':'q','messages':[{'attempts':0}]}           | $.messages[0].attempts        | must be a whole number from 1 to 2147483647
          {'queue':'q','messages':[{'attempts':1.5}]}         | $.messages[0].attempts        | must be a whole number from 1 to 2147483647
          {'queue':'q','messages':[{'attempts':2147483648}]}  | $.messages[0].attempts        | must be a whole number from 1 to 2147483647
          {'queue':'q','messages':[{'enqueuedAt':'secret'}]}  | $.messages[0].enqueuedAt      | must be an instant as ISO-8601 text
          {'queue':'q','messages':[{'timestamp':12345}]}      | $.messages[0].timestamp       | must be text
          {'queue':'q','messages':[{'caller':'acme/a'}]}      | $.messages[0].caller          | must be an object
          {'queue':'q','messages':[{'caller':{}}]}            | $.messages[0].caller.orgSlug  | is missing
          """)
  void oddFieldOfAQueueDeliveryIsNamedByItsPath(String json, String place, String reason) {
    CodecException e =
        catchThrowableOfType(CodecException.class, () -> QueueDelivery.read(json(json)));
    assertThat(e).hasMessage("queue delivery at " + place + ": " + reason);
    assertThat(e.position()).contains(place);
  }

  @Test
  void callerThatCannotBeAnAppIsRefusedWithoutItsWords() {
    CodecException e =
        catchThrowableOfType(
            CodecException.class,
            () ->
                QueueDelivery.read(
                    json(
                        "{'messages':[{'caller':{'orgSlug':'!!!','repoSlug':'secret',"
                            + "'environment':'x'}}]}")));
    assertThat(e)
        .hasMessage("queue delivery at $.messages[0].caller: must be an app and its environment");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "{'queue':'q','messages':[]} x", "{}{}", "<html>"})
  void queueDeliveryThatIsNotOneJsonValueIsRefused(String json) {
    CodecException e =
        catchThrowableOfType(CodecException.class, () -> QueueDelivery.read(json(json)));
    assertThat(e.type()).isEqualTo("queue delivery");
  }

  @Test
  void otherEncodingsThanUtf8AreRefused() {
    byte[] wide = "{\"queue\":\"q\",\"messages\":[]}".getBytes(StandardCharsets.UTF_16BE);
    CodecException e = catchThrowableOfType(CodecException.class, () -> QueueDelivery.read(wide));
    assertThat(e).hasMessage("queue delivery at line 1, column 1: not JSON in UTF-8");
  }

  @Test
  void queueDeliveryWrittenIsWhatIsRead() {
    var delivery =
        new QueueDelivery(
            "jobs",
            "physical",
            List.of(
                new QueueDelivery.Message("m\"1é", 2, MOMENT, MOMENT, CALLER, slice(" {'a' : 1} ")),
                new QueueDelivery.Message("m2", 1, null, null, null, slice("null"))));
    byte[] written = delivery.toJson();
    assertThat(written)
        .asString(UTF_8)
        .isEqualTo(
            text("{'queue':'jobs','queueName':'physical','messages':["
                    + "{'id':'m#1é','attempts':2,'timestamp':'2026-05-24T21:59:00.000Z',"
                    + "'enqueuedAt':'2026-05-24T21:59:00.000Z','caller':"
                    + CALLER_JSON
                    + ",'body': {'a' : 1} },{'id':'m2','attempts':1,'enqueuedAt':null,'caller':null,'body':null}]}")
                .replace("#", "\\\""));
    assertThat(QueueDelivery.read(written).messages().get(0).body()).isEqualTo(slice("{'a' : 1}"));
    assertThat(QueueDelivery.read(written).toJson())
        .asString(UTF_8)
        .isEqualTo(new String(written, UTF_8).replace(" {\"a\" : 1} ", "{\"a\" : 1}"));
  }

  // ---- Stored

  @Test
  void aStoredMessageIsReadAsItWasWritten() {
    var message = new StoredMessage(MOMENT, CALLER, slice("{'type':'work'}"));
    byte[] json = message.toJson(AppId.parse("acme/target"), "jobs");
    assertThat(new String(json, UTF_8).replace('"', '\''))
        .isEqualTo(
            "{'version':1,'enqueuedAt':'2026-05-24T21:59:00.000Z','caller':"
                + CALLER_JSON
                + ",'target':{'orgSlug':'acme','repoSlug':'target','repository':'acme/target',"
                + "'queue':'jobs'},'body':{'type':'work'}}");
    assertThat(StoredMessage.read(json)).isEqualTo(message);
    var unknown = new StoredMessage(MOMENT, null, slice("1"));
    assertThat(StoredMessage.read(unknown.toJson(AppId.parse("acme/target"), "jobs")))
        .isEqualTo(unknown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "{'version':2,'body':1}", "{'version':1}", "[{'version':1,'body':1}]"})
  void jsonWithoutAnEnvelopeIsTheBodyOfAMessage(String json) {
    assertThat(StoredMessage.read(json(json)))
        .isEqualTo(new StoredMessage(null, null, slice(json)));
  }

  @Test
  void aStoredMessageWhoseCallerIsNoAppIsRefused() {
    CodecException e =
        catchThrowableOfType(
            CodecException.class,
            () ->
                StoredMessage.read(
                    json(
                        "{'version':1,'body':1,'caller':"
                            + "{'orgSlug':'','repoSlug':'x','environment':'production'}}")));
    assertThat(e)
        .hasMessageContaining("$.caller")
        .hasMessageContaining("an app and its environment");
  }

  @Test
  void aStoredExecutionHasAllThatIsRun() {
    var target =
        new WorkflowDelivery.Target(
            AppId.parse("acme/target"), Environment.of("production"), "check_out", "/run");
    assertThat(
            new String(new StoredExecution(MOMENT, null, target, slice("[1]")).toJson(), UTF_8)
                .replace('"', '\''))
        .isEqualTo(
            "{'version':1,'createdAt':'2026-05-24T21:59:00.000Z','caller':null,"
                + "'target':{'orgSlug':'acme','repoSlug':'target','repository':'acme/target',"
                + "'environment':'production','workflow':'check_out','path':'/run'},"
                + "'payload':[1]}");
  }

  // ---- Workflow and schedule

  @Test
  void workflowDeliveryOfThePlatformIsRead() {
    WorkflowDelivery delivery =
        WorkflowDelivery.read(
            json(
                "{'workflow':'checkout','workflowName':'checkout','instanceId':'i1','createdAt':"
                    + "'2026-05-24T21:59:00.000Z','caller':"
                    + CALLER_JSON
                    + ",'target':{'orgSlug':'acme','path':'/x'},'payload':{'orderId':'123'}}"));
    var expected =
        new WorkflowDelivery(
            "checkout", "checkout", "i1", MOMENT, CALLER, null, slice("{'orderId':'123'}"));
    assertThat(delivery).isEqualTo(expected);
    assertThat(WorkflowDelivery.read(expected.toJson())).isEqualTo(expected);
  }

  @Test
  void workflowDeliveryTellsItsTargetAsThePlatformDoes() {
    var target =
        new WorkflowDelivery.Target(
            AppId.parse("acme/shop"), Environment.of("dev"), "checkout", "/flows/checkout");
    var delivery =
        new WorkflowDelivery("checkout", "checkout", "i1", null, null, target, slice("1"));

    assertThat(new String(delivery.toJson(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{'workflow':'checkout','workflowName':'checkout','instanceId':'i1','target':{'orgSlug':'acme','repoSlug':'shop','repository':'acme/shop','environment':'dev','workflow':'checkout','path':'/flows/checkout'},'payload':1}"
                .replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'instanceId':'i'}                                  | $.workflow   | is missing
          {'workflow':'w'}                                    | $.instanceId | is missing
          {'workflow':'w','instanceId':null}                  | $.instanceId | must be text
          {'workflow':'w','instanceId':'i','createdAt':'now'} | $.createdAt  | must be an instant as ISO-8601 text
          """)
  void oddFieldOfAWorkflowDeliveryIsNamedByItsPath(String json, String place, String reason) {
    CodecException e =
        catchThrowableOfType(CodecException.class, () -> WorkflowDelivery.read(json(json)));
    assertThat(e).hasMessage("workflow delivery at " + place + ": " + reason);
  }

  @Test
  void scheduleDeliveryOfThePlatformIsRead() {
    var expected = new ScheduleDelivery("*/5 * * * *", MOMENT, "acme/cron", "production");
    String json =
        text(
            "{'schedule':'*/5 * * * *','scheduledTime':'2026-05-24T21:59:00.000Z',"
                + "'repository':'acme/cron','environment':'production'}");
    assertThat(ScheduleDelivery.read(json.getBytes(UTF_8))).isEqualTo(expected);
    assertThat(expected.toJson()).asString(UTF_8).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'scheduledTime':'2026-05-24T21:59:00Z'}  | $.schedule      | is missing
          {'schedule':'* * * * *'}                  | $.scheduledTime | is missing
          {'schedule':1}                            | $.schedule      | must be text
          """)
  void oddFieldOfAScheduleDeliveryIsNamedByItsPath(String json, String place, String reason) {
    CodecException e =
        catchThrowableOfType(CodecException.class, () -> ScheduleDelivery.read(json(json)));
    assertThat(e).hasMessage("schedule delivery at " + place + ": " + reason);
  }

  // ---- Event

  @Test
  void eventInsideAQueueMessageIsReadInPlace() {
    var event = new EventMessage("e1", "orders.created", "acme/shop", MOMENT, slice("{'é':[1]}"));
    byte[] delivered =
        new QueueDelivery(
                "events",
                null,
                List.of(
                    new QueueDelivery.Message(
                        "m1", 1, null, null, null, JsonSlice.of(event.toJson()))))
            .toJson();
    EventMessage read = EventMessage.read(QueueDelivery.read(delivered).messages().get(0).body());
    assertThat(read).isEqualTo(event);
    assertThat(read.data().array()).isSameAs(delivered);
  }

  @Test
  void publishRequestHoldsWhatThePublisherSaysAndNoMore() {
    assertThat(new EventMessage(null, "a.b", null, null, slice("{'x':1}")).toJson())
        .asString(UTF_8)
        .isEqualTo(text("{'subject':'a.b','data':{'x':1}}"));
  }

  @Test
  void eventWithoutDataHasNull() {
    assertThat(EventMessage.read(slice("{'subject':'a.b'}")))
        .isEqualTo(new EventMessage(null, "a.b", null, null, slice("null")));
  }

  @Test
  void eventWithoutSubjectIsRefused() {
    CodecException e =
        catchThrowableOfType(CodecException.class, () -> EventMessage.read(slice("{'id':'e'}")));
    assertThat(e).hasMessage("event at $.subject: is missing");
  }

  // ---- Helpers

  static byte[] json(String quotesAreSingle) {
    return text(quotesAreSingle).getBytes(UTF_8);
  }

  static JsonSlice slice(String quotesAreSingle) {
    return JsonSlice.of(json(quotesAreSingle));
  }

  private static String text(String quotesAreSingle) {
    return quotesAreSingle.replace('\'', '"');
  }
}
