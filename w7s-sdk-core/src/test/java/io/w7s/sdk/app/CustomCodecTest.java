package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.MapperCodec;
import io.w7s.sdk.json.StrictCodec;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.workflow.WorkflowRun;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * An app whose codec is written by its user, and knows nothing of empty bodies and {@code Void}.
 */
class CustomCodecTest extends AppRequests {

  private static final AppRef SHOP = AppRef.of("acme/shop");

  static Stream<JsonCodec> codecs() {
    return Stream.of(new StrictCodec(), new MapperCodec(JsonMapper.builder().build()));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void handlesRequestsWithoutABody(JsonCodec codec) {
    W7sApp app =
        W7sApp.builder(SHOP)
            .codec(codec)
            .on(SHOP.get("/totals", Total.class), request -> new Total(7))
            .on(SHOP.delete("/totals", Void.class), request -> null)
            .onReply(SHOP.get("/reply", Void.class), request -> RpcReply.empty(202))
            .build();

    assertThat(text(send(app, "GET", "/totals", "", Headers.none(), "")))
        .isEqualTo("{\"amount\":7}");
    assertThat(send(app, "GET", "/totals", "", Headers.none(), "no JSON").status()).isEqualTo(200);
    assertThat(send(app, "DELETE", "/totals", "", Headers.none(), "").status()).isEqualTo(204);
    assertThat(send(app, "GET", "/reply", "", Headers.none(), " \n").status()).isEqualTo(202);
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void handlesMessagesEventsAndWorkflowsOfTypeVoid(JsonCodec codec) {
    var messages = new ArrayList<QueueMessage<Void>>();
    var events = new ArrayList<Event<Void>>();
    var runs = new ArrayList<WorkflowRun<Void>>();
    W7sApp app =
        W7sApp.builder(SHOP)
            .codec(codec)
            .on(SHOP.queue("ticks", Void.class), messages::add)
            .on(SubjectRef.of("shop.opened", Void.class), "events", events::add)
            .on(
                SHOP.workflow("nightly", Void.class, Void.class),
                run -> {
                  runs.add(run);
                  return null;
                })
            .build();

    AppResponse ticks =
        post(app, "/_w7s/queues/ticks", delivery(message("m1", 1, "null"), message("m2", 1, "[]")));
    AppResponse opened =
        post(app, "/_w7s/queues/events", delivery(message("m3", 1, event("shop.opened", "null"))));
    AppResponse nightly =
        post(
            app,
            "/_w7s/workflows/nightly",
            "{\"workflow\":\"nightly\",\"workflowName\":\"n\",\"instanceId\":\"i1\",\"payload\":null}");

    assertThat(List.of(ticks.status(), opened.status(), nightly.status())).containsOnly(200);
    assertThat(messages).extracting(QueueMessage::body).containsExactly(null, null);
    assertThat(events).extracting(Event::data).containsExactly((Void) null);
    assertThat(runs).extracting(WorkflowRun::payload).containsExactly((Void) null);
    assertThat(text(nightly)).isEqualTo("null");
  }
}
