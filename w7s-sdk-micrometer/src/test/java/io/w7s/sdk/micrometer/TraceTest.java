package io.w7s.sdk.micrometer;

import static io.w7s.sdk.micrometer.Shop.CREATED;
import static io.w7s.sdk.micrometer.Shop.JOBS;
import static io.w7s.sdk.micrometer.Shop.ORDER;
import static org.assertj.core.api.Assertions.assertThat;

import brave.Span;
import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.brave.bridge.BraveBaggageManager;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BravePropagator;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.brave.bridge.W3CPropagation;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.testing.InMemoryW7s;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One trace from a call to its handler, with Micrometer Tracing over Brave. */
class TraceTest {

  private static final String OTHER = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String OTHER_TRACE = "00-" + OTHER + "-00f067aa0ba902b7-01";

  private final List<MutableSpan> spans = new ArrayList<>();
  private final Tracing tracing =
      Tracing.newBuilder()
          .traceId128Bit(true)
          .supportsJoin(false)
          .propagationFactory(new W3CPropagation(new BraveBaggageManager(), List.of()))
          .addSpanHandler(
              new SpanHandler() {
                @Override
                public boolean end(TraceContext context, MutableSpan span, Cause cause) {
                  return spans.add(span);
                }
              })
          .build();
  private final ObservationRegistry registry = ObservationRegistry.create();
  private final InMemoryW7s platform = InMemoryW7s.create();
  private final W7sObservations observations = W7sObservations.of(registry);
  private final W7s shop = platform.connect("acme/shop").intercept(observations).build();
  private final List<String> arrived = new ArrayList<>();

  TraceTest() {
    var tracer =
        new BraveTracer(
            tracing.tracer(), new BraveCurrentTraceContext(tracing.currentTraceContext()));
    var propagator = new BravePropagator(tracing);
    registry
        .observationConfig()
        .observationHandler(
            new io.micrometer.observation.ObservationHandler
                .FirstMatchingCompositeObservationHandler(
                new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                new DefaultTracingObservationHandler(tracer)));
  }

  @AfterEach
  void close() {
    shop.close();
    tracing.close();
  }

  /** Makes a call inside the trace of its caller, and delivers what came of it outside. */
  private void inTrace(Runnable call) {
    Observation.createNotStarted("request", registry).observe(call);
    platform.runUntilIdle();
  }

  private Map<String, MutableSpan> byName() {
    return spans.stream().collect(Collectors.toMap(MutableSpan::name, span -> span));
  }

  private void assertOneTrace(String send, String process) {
    MutableSpan request = byName().get("request");
    MutableSpan sent = byName().get(send);
    MutableSpan processed = byName().get(process);
    assertThat(spans).extracting(MutableSpan::traceId).containsOnly(request.traceId());
    assertThat(sent.parentId()).isEqualTo(request.id());
    assertThat(processed.parentId()).isEqualTo(sent.id());
    assertThat(processed.error()).isNull();
    assertThat(arrived).containsExactly("00-" + sent.traceId() + "-" + sent.id() + "-01");
  }

  private W7sApp.Builder worker() {
    return W7sApp.builder(Shop.WORKER).intercept(observations);
  }

  @Test
  void anRpcAndItsHandlerAreOneTrace() {
    platform.deploy(
        worker()
            .on(
                ORDER,
                request -> {
                  arrived.add(request.headers().first("traceparent").orElseThrow());
                  return "done";
                })
            .build());
    inTrace(() -> shop.rpc().call(ORDER, "x", call -> call.variable("orderId", "42")));

    assertOneTrace("RPC POST acme/worker/orders/{orderId}", "rpc POST /orders/{orderId}");
    assertThat(byName().get("rpc POST /orders/{orderId}").kind()).isEqualTo(Span.Kind.SERVER);
  }

  @Test
  void anEventAndItsHandlerAreOneTrace() {
    platform.deploy(
        worker()
            .on(CREATED, "events", event -> arrived.add(event.traceParent().orElseThrow()))
            .build());
    inTrace(() -> shop.events().publish(CREATED, "x"));

    assertOneTrace("event publish order.created", "event events");
    assertThat(byName().get("event publish order.created").kind()).isEqualTo(Span.Kind.PRODUCER);
    assertThat(byName().get("event events").kind()).isEqualTo(Span.Kind.CONSUMER);
  }

  @Test
  void aCloudEventAndItsHandlerAreOneTrace() {
    platform.deploy(
        worker().on(JOBS, message -> arrived.add(message.traceParent().orElseThrow())).build());
    inTrace(() -> shop.queues().send(JOBS, "x", send -> send.asCloudEvent("job")));

    assertOneTrace("queue send acme/worker/jobs", "queue jobs");
  }

  @Test
  void aPlainMessageCannotCarryATrace() {
    platform.deploy(
        worker().on(JOBS, message -> arrived.add(message.traceParent().orElse("none"))).build());
    inTrace(() -> shop.queues().send(JOBS, "x"));

    assertThat(arrived).containsExactly("none");
    assertThat(byName().get("queue jobs").parentId()).isNull();
    assertThat(byName().get("queue jobs").traceId())
        .isNotEqualTo(byName().get("queue send acme/worker/jobs").traceId());
  }

  @Test
  void aCallOfAHandlerGoesOnWithTheTrace() {
    W7s worker = platform.connect("acme/worker").intercept(observations).build();
    platform.deploy(
        worker()
            .on(
                JOBS,
                message -> worker.rpc().call(ORDER, "x", call -> call.variable("orderId", "42")))
            .on(ORDER, request -> "done")
            .build());
    inTrace(() -> shop.queues().send(JOBS, "x", send -> send.asCloudEvent("job")));

    assertThat(spans).hasSize(5).extracting(MutableSpan::traceId).hasSize(5);
    assertThat(spans)
        .extracting(MutableSpan::traceId)
        .containsOnly(byName().get("request").traceId());
    assertThat(byName().get("RPC POST acme/worker/orders/{orderId}").parentId())
        .isEqualTo(byName().get("queue jobs").id());
  }

  @Test
  void theTraceThatTheCallerHasSetGoesOut() {
    platform.deploy(
        worker()
            .on(CREATED, "events", event -> arrived.add(event.traceParent().orElseThrow()))
            .on(JOBS, message -> arrived.add(message.traceParent().orElseThrow()))
            .on(
                ORDER,
                request -> {
                  arrived.add(request.headers().first("traceparent").orElseThrow());
                  return "done";
                })
            .build());
    inTrace(
        () -> {
          shop.events().publish(CREATED, "x", event -> event.traceParent(OTHER_TRACE));
          shop.queues().send(JOBS, "x", send -> send.asCloudEvent("job").traceParent(OTHER_TRACE));
          shop.rpc()
              .call(
                  ORDER,
                  "x",
                  call -> call.variable("orderId", "42").header("traceparent", OTHER_TRACE));
        });

    assertThat(arrived).containsExactly(OTHER_TRACE, OTHER_TRACE, OTHER_TRACE);
    assertThat(byName().get("event events").traceId()).isEqualTo(OTHER);
    assertThat(byName().get("queue jobs").traceId()).isEqualTo(OTHER);
  }
}
