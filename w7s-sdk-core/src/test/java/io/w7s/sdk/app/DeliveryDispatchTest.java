package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.schedule.ScheduledRun;
import io.w7s.sdk.workflow.WorkflowRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How events, schedules and workflows reach their handlers. */
class DeliveryDispatchTest extends AppRequests {

  @Test
  void anEventReachesTheHandlerOfItsSubject() {
    var created = new ArrayList<Event<Order>>();
    var paid = new ArrayList<Event<Order>>();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(CREATED, "events", created::add)
            .on(PAID, "events", paid::add)
            .build();

    AppResponse response =
        deliver(
            app,
            message("m1", 1, event("orders.created", "{\"orderId\":\"o1\"}")),
            message("m2", 2, event("orders.paid", "{\"orderId\":\"o2\"}")));

    assertThat(response.status()).isEqualTo(200);
    assertThat(created).extracting(Event::data).containsExactly(new Order("o1"));
    Event<Order> event = paid.get(0);
    assertThat(event.id()).isEqualTo("e1");
    assertThat(event.source()).hasToString("acme/shop");
    assertThat(event.attempt()).isEqualTo(2);
    assertThat(event.time()).hasToString("Optional[2026-05-24T21:58:00Z]");
  }

  @Test
  void anEventOfAnUnknownSubjectFailsItsBatchAndDoesNotVanish() {
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker")).on(CREATED, "events", event -> {}).build();

    AppResponse response = deliver(app, message("m1", 1, event("orders.lost", "{}")));

    assertThat(response.status()).isEqualTo(500);
    assertThat(log.list.get(0).getThrowableProxy().getMessage())
        .isEqualTo("no handler for subject orders.lost");
  }

  @Test
  void anEventOfAnUnknownSubjectFailsItsBatchButHoldsUpNoOther() {
    var created = new ArrayList<Event<Order>>();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker")).on(CREATED, "events", created::add).build();

    AppResponse response =
        deliver(
            app,
            message("m1", 1, event("orders.lost", "{}")),
            message("m2", 1, event("orders.created", "{\"orderId\":\"o1\"}")));

    assertThat(response.status()).isEqualTo(500);
    assertThat(created).hasSize(1);
  }

  @Test
  void whatHandlesOtherSubjectsGetsOnlyThoseWithoutAHandler() {
    var created = new ArrayList<Event<Order>>();
    var others = new ArrayList<Event<Object>>();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .onUnhandled("events", others::add)
            .on(CREATED, "events", created::add)
            .build();

    AppResponse response =
        deliver(
            app,
            message("m1", 3, event("orders.lost", "{\"a\":[1,null]}")),
            message("m2", 1, event("orders.created", "{\"orderId\":\"o1\"}")));

    assertThat(response.status()).isEqualTo(200);
    assertThat(created).hasSize(1);
    Event<Object> other = others.get(0);
    assertThat(others).hasSize(1);
    assertThat(other.subject()).isEqualTo("orders.lost");
    assertThat(other.attempt()).isEqualTo(3);
    assertThat(other.data()).isEqualTo(Map.of("a", Arrays.asList(1, null)));
  }

  @Test
  void otherSubjectsAreHandledOnceForAQueueAndSubscribeToNothing() {
    W7sApp.Builder builder =
        W7sApp.builder(AppRef.of("acme/worker")).onUnhandled("Events", event -> {});

    assertThatThrownBy(() -> builder.onUnhandled("events", event -> {}))
        .hasMessage(
            "event handler: found other subjects on queue events twice, must be declared once");
    assertThat(builder.build().manifest().queues()).hasSize(1);
    assertThat(builder.build().manifest().eventsSubscribe()).isEmpty();
  }

  @Test
  void aScheduledRunReachesItsHandler() {
    var seen = new ArrayList<ScheduledRun>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/cron")).on(SYNC, seen::add).build();

    AppResponse response =
        post(
            app,
            "/_w7s/schedules/sync",
            "{\"schedule\":\"*/5 * * * *\",\"scheduledTime\":\"2026-05-25T12:00:00.000Z\","
                + "\"repository\":\"acme/cron\",\"environment\":\"feature-x\"}");

    assertThat(response.status()).isEqualTo(200);
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).environment()).hasToString("feature-x");
    assertThat(seen.get(0).scheduledTime()).hasToString("2026-05-25T12:00:00Z");
  }

  @Test
  void aWorkflowsResultIsTheBodyOfA200() {
    var seen = new ArrayList<WorkflowRun<Order>>();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                CHECKOUT,
                run -> {
                  seen.add(run);
                  return new Total(42);
                })
            .build();

    AppResponse response =
        post(
            app,
            "/_w7s/workflows/checkout",
            "{\"workflow\":\"checkout\",\"workflowName\":\"checkout\",\"instanceId\":\"i1\","
                + "\"createdAt\":\"2026-05-26T00:00:00.000Z\",\"caller\":"
                + CALLER
                + ",\"payload\":{\"orderId\":\"o1\"}}");

    assertThat(response.status()).isEqualTo(200);
    assertThat(text(response)).isEqualTo("{\"amount\":42}");
    assertThat(seen.get(0).payload()).isEqualTo(new Order("o1"));
    assertThat(seen.get(0).instanceId()).isEqualTo("i1");
  }

  private static AppResponse deliver(W7sApp app, String... messages) {
    return post(app, "/_w7s/queues/events", delivery(messages));
  }
}
