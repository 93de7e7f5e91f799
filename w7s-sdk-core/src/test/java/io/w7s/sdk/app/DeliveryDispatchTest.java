package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  void handsAnEventToTheHandlerOfItsSubject() {
    var created = new ArrayList<Event<Order>>();
    var paid = new ArrayList<Event<Order>>();
    W7sApp app = worker().on(CREATED, "events", created::add).on(PAID, "events", paid::add).build();

    AppResponse response =
        deliverEvents(
            app,
            message("m1", 1, event("orders.created", "{\"orderId\":\"o1\"}")),
            message("m2", 2, event("orders.paid", "{\"orderId\":\"o2\"}")));

    assertThat(response.status()).isEqualTo(200);
    assertThat(created).extracting(Event::data).containsExactly(new Order("o1"));
    Event<Order> event = paid.get(0);
    assertThat(event.id()).isEqualTo("e1");
    assertThat(event.messageId()).isEqualTo("m2");
    assertThat(event.source()).hasToString("acme/shop");
    assertThat(event.attempt()).isEqualTo(2);
    assertThat(event.time()).hasToString("Optional[2026-05-24T21:58:00Z]");
  }

  @Test
  void givesAnEventWithoutAnIdTheIdOfItsMessage() {
    var created = new ArrayList<Event<Order>>();
    W7sApp app = worker().on(CREATED, "events", created::add).build();

    deliverEvents(
        app,
        message(
            "m1", 1, "{\"subject\":\"orders.created\",\"source\":\"acme/shop\",\"data\":null}"));

    assertThat(created.get(0).id()).isEqualTo("m1");
    assertThat(created.get(0).data()).isNull();
  }

  @Test
  void handsOnlyEventsWithoutAHandlerToTheOneForOtherSubjects() {
    var created = new ArrayList<Event<Order>>();
    var others = new ArrayList<Event<Object>>();
    W7sApp app =
        worker().onUnhandled("events", others::add).on(CREATED, "events", created::add).build();

    AppResponse response =
        deliverEvents(
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
  void refusesASecondHandlerForOtherSubjectsAndSubscribesToNothing() {
    W7sApp.Builder builder = worker().onUnhandled("Events", event -> {});

    assertThatThrownBy(() -> builder.onUnhandled("events", event -> {}))
        .hasMessage(
            "event handler: found other subjects on queue events twice, must be declared once");
    assertThat(builder.build().manifest().queues()).hasSize(1);
    assertThat(builder.build().manifest().eventsSubscribe()).isEmpty();
  }

  @Test
  void handsAScheduledRunToItsHandler() {
    var seen = new ArrayList<ScheduledRun>();
    W7sApp app = worker().on(SYNC, seen::add).build();

    AppResponse response =
        post(
            app,
            "/_w7s/schedules/sync",
            "{\"schedule\":\"*/5 * * * *\",\"scheduledTime\":\"2026-05-25T12:00:00.000Z\","
                + "\"repository\":\"acme/cron\",\"environment\":\"feature-x\"}");

    assertThat(response.status()).isEqualTo(200);
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).app()).hasToString("acme/cron");
    assertThat(seen.get(0).environment()).hasToString("feature-x");
    assertThat(seen.get(0).scheduledTime()).hasToString("2026-05-25T12:00:00Z");
  }

  @Test
  void takesTheAppOfALocalScheduledRunFromItself() {
    var seen = new ArrayList<ScheduledRun>();
    W7sApp app = worker().on(SYNC, seen::add).build();

    post(
        app,
        "/_w7s/schedules/sync",
        "{\"schedule\":\"*/5 * * * *\",\"scheduledTime\":\"2026-05-25T12:00:00.000Z\"}");

    assertThat(seen.get(0).app()).hasToString("acme/worker");
    assertThat(seen.get(0).environment()).hasToString("production");
  }

  @Test
  void writesTheResultOfAWorkflowAsTheBody() {
    var seen = new ArrayList<WorkflowRun<Order>>();
    W7sApp app =
        worker()
            .on(
                CHECKOUT,
                run -> {
                  seen.add(run);
                  return new Total(42);
                })
            .build();

    AppResponse response = post(app, "/_w7s/workflows/checkout", workflowRun("i1"));

    assertThat(response.status()).isEqualTo(200);
    assertThat(text(response)).isEqualTo("{\"amount\":42}");
    assertThat(seen.get(0).payload()).isEqualTo(new Order("o1"));
    assertThat(seen.get(0).instanceId()).isEqualTo("i1");
    assertThat(seen.get(0).workflow()).isEqualTo("checkout");
  }

  @Test
  void writesANullResultOfAWorkflowAsJsonNull() {
    W7sApp app = worker().on(CHECKOUT, run -> null).build();

    AppResponse response = post(app, "/_w7s/workflows/checkout", workflowRun("i1"));

    assertThat(response.status()).isEqualTo(200);
    assertThat(text(response)).isEqualTo("null");
  }

  @Test
  void refusesAWorkflowRunWhosePayloadDoesNotFit() {
    var seen = new ArrayList<WorkflowRun<Order>>();
    W7sApp app =
        worker()
            .on(
                CHECKOUT,
                run -> {
                  seen.add(run);
                  return null;
                })
            .build();

    AppResponse response =
        post(
            app,
            "/_w7s/workflows/checkout",
            workflowRun("i1").replace("{\"orderId\":\"o1\"}", "[\"secret\"]"));

    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("Order").doesNotContain("secret");
    assertThat(response.failures()).hasSize(1);
    assertThat(seen).isEmpty();
  }
}
