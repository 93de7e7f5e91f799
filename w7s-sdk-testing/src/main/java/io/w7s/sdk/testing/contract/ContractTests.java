package io.w7s.sdk.testing.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assertions.assertAll;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.function.Executable;

/**
 * The fixture, apps and calls that all parts of the contract share: {@code acme/shop} calls, {@code
 * acme/worker} handles.
 */
abstract class ContractTests {

  record Text(String text) {}

  static final Environment PREVIEW = Environment.of("preview");
  static final AppId SHOP = AppId.parse("acme/shop");
  static final AppId WORKER = AppId.parse("acme/worker");
  static final RpcRef<Text, Text> ECHO =
      AppRef.of("acme/worker").post("/echo", Text.class, Text.class);
  static final QueueRef<Text> JOBS = AppRef.of("acme/worker").queue("jobs", Text.class);
  static final SubjectRef<Text> CREATED = SubjectRef.of("orders.created", Text.class);
  static final WorkflowRef<Text, Text> BUILD =
      AppRef.of("acme/worker").workflow("build", Text.class, Text.class);

  /** The manifest of the calling app. */
  static final Manifest PUBLISHING = Manifest.empty().withPublished(CREATED.name());

  /** What the handlers of {@link #worker()} received, in that order. */
  final List<String> handled = new CopyOnWriteArrayList<>();

  private final Function<Limits, TransportFixture> fixtures;
  private final List<W7s> opened = new ArrayList<>();
  private @Nullable TransportFixture fixture;

  ContractTests(Function<Limits, TransportFixture> fixtures) {
    this.fixtures = requireNonNull(fixtures, "fixtures");
  }

  /** Returns the fixture of this test. At first use it is opened, without limits. */
  final TransportFixture fixture() {
    return fixture == null ? openWith(Limits.none()) : fixture;
  }

  /** Opens the fixture of this test with limits. Must come before its first use. */
  final TransportFixture openWith(Limits limits) {
    TransportFixture opened = fixtures.apply(limits);
    fixture = opened;
    return opened;
  }

  /** Closes all clients and the fixture, even if one of them cannot be closed. */
  @AfterEach
  final void closeFixture() {
    List<Executable> closings = new ArrayList<>();
    opened.forEach(client -> closings.add(client::close));
    if (fixture != null) {
      closings.add(fixture::close);
    }
    assertAll("closing the clients and the fixture", closings);
  }

  final W7sApp.Builder worker() {
    return W7sApp.builder(new AppRef(WORKER))
        .on(ECHO, request -> new Text("echo " + requireNonNull(request.body()).text()))
        .on(JOBS, message -> handled.add("job " + requireNonNull(message.body()).text()))
        .on(CREATED, "events", event -> handled.add("event " + requireNonNull(event.data()).text()))
        .on(BUILD, run -> new Text("built " + requireNonNull(run.payload()).text()));
  }

  final void deploy(W7sApp app) {
    fixture().deploy(Deployment.of(app).in(PREVIEW));
  }

  /** Deploys the calling app without handlers, and returns its client. */
  final W7s shop() {
    return shop(PUBLISHING);
  }

  final W7s shop(Manifest manifest) {
    fixture().deploy(Deployment.withoutBackend(SHOP, manifest).in(PREVIEW));
    return connect(SHOP);
  }

  /** Returns a client without retries, with a timeout of 20 seconds. */
  final W7s connect(AppId app) {
    return connect(app, fixture().transport(app, PREVIEW));
  }

  final W7s connect(AppId app, Transport transport) {
    W7sConfig config =
        W7sConfig.builder().mode(W7sConfig.Mode.MEMORY).app(app).environment(PREVIEW).build();
    W7s w7s =
        W7s.builder(config)
            .transport(transport)
            .time(fixture().time())
            .options(options -> options.retry(RetryPolicy.none()).timeout(Duration.ofSeconds(20)))
            .build();
    opened.add(w7s);
    return w7s;
  }

  static void assertNoResponse(Runnable call, boolean mayHaveBeenDelivered) {
    assertThatThrownBy(call::run)
        .isExactlyInstanceOf(TransportException.class)
        .asInstanceOf(type(TransportException.class))
        .satisfies(none -> assertThat(none.mayHaveBeenDelivered()).isEqualTo(mayHaveBeenDelivered));
  }

  static Text echo(CallStyle style, W7s w7s, String text) {
    return call(style, w7s, ECHO, text);
  }

  static Text call(CallStyle style, W7s w7s, RpcRef<Text, Text> route, String text) {
    return style.call(
        () -> w7s.rpc().call(route, new Text(text)),
        () -> w7s.rpc().callAsync(route, new Text(text)));
  }

  static SendReceipt send(CallStyle style, W7s w7s, String text) {
    return send(style, w7s, JOBS, text);
  }

  static SendReceipt send(CallStyle style, W7s w7s, QueueRef<Text> queue, String text) {
    return style.call(
        () -> w7s.queues().send(queue, new Text(text)),
        () -> w7s.queues().sendAsync(queue, new Text(text)));
  }

  static PublishReceipt publish(CallStyle style, W7s w7s, String text) {
    return publish(style, w7s, CREATED, text);
  }

  static PublishReceipt publish(CallStyle style, W7s w7s, SubjectRef<Text> subject, String text) {
    return style.call(
        () -> w7s.events().publish(subject, new Text(text)),
        () -> w7s.events().publishAsync(subject, new Text(text)));
  }

  static WorkflowHandle<Text> start(CallStyle style, W7s w7s, String id, String text) {
    return start(style, w7s, BUILD, id, text);
  }

  static WorkflowHandle<Text> start(
      CallStyle style, W7s w7s, WorkflowRef<Text, Text> workflow, String id, String text) {
    return style.call(
        () -> w7s.workflows().start(workflow, new Text(text), start -> start.instanceId(id)),
        () -> w7s.workflows().startAsync(workflow, new Text(text), start -> start.instanceId(id)));
  }
}
