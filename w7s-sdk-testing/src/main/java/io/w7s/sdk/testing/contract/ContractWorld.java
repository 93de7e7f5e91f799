package io.w7s.sdk.testing.contract;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The apps that the contract is about: {@code acme/shop} calls, {@code acme/worker} handles. */
abstract class ContractWorld {

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

  /** What the calling app declares. */
  static final Manifest PUBLISHING = Manifest.empty().withPublished(CREATED.name());

  /** What the handlers of {@link #worker()} got. */
  final List<String> handled = new CopyOnWriteArrayList<>();

  private final List<W7s> opened = new ArrayList<>();
  private @Nullable FarSide farSide;

  /**
   * Returns a new far side. The contract closes it.
   *
   * @param limits what apps may do
   */
  protected abstract FarSide open(Limits limits);

  final FarSide farSide() {
    if (farSide == null) {
      farSide = open(Limits.none());
    }
    return farSide;
  }

  final void limited(Limits limits) {
    farSide = open(limits);
  }

  @AfterEach
  final void closeFarSide() {
    opened.forEach(W7s::close);
    if (farSide != null) {
      farSide.close();
    }
  }

  final W7sApp.Builder worker() {
    return W7sApp.builder(new AppRef(WORKER))
        .on(ECHO, request -> new Text("echo " + requireNonNull(request.body()).text()))
        .on(JOBS, message -> handled.add("job " + requireNonNull(message.body()).text()))
        .on(CREATED, "events", event -> handled.add("event " + requireNonNull(event.data()).text()))
        .on(BUILD, run -> new Text("built " + requireNonNull(run.payload()).text()));
  }

  final void deploy(W7sApp app) {
    farSide().deploy(Deployment.of(app).in(PREVIEW));
  }

  /** The calling app, which is deployed without handlers. */
  final W7s shop() {
    return shop(PUBLISHING);
  }

  final W7s shop(Manifest manifest) {
    farSide().deploy(Deployment.withoutBackend(SHOP, manifest).in(PREVIEW));
    return connect(SHOP);
  }

  /** A W7s whose calls are made once and take at most 20 seconds. */
  final W7s connect(AppId app) {
    return connect(app, farSide().transport(app, PREVIEW));
  }

  final W7s connect(AppId app, Transport transport) {
    W7sConfig config =
        W7sConfig.builder().mode(W7sConfig.Mode.MEMORY).app(app).environment(PREVIEW).build();
    W7s w7s =
        W7s.builder(config)
            .transport(transport)
            .time(farSide().time())
            .options(options -> options.retry(RetryPolicy.none()).timeout(Duration.ofSeconds(20)))
            .build();
    opened.add(w7s);
    return w7s;
  }

  /** Skips a test of what happens to a call between its caller and the platform or the target. */
  final void assumeGoesOverTheLink(Kind kind) {
    assumeTrue(
        kind == Kind.RPC || !farSide().platformIsNear(), "the platform is on the caller's side");
  }

  static Text echo(CallStyle way, W7s w7s, String text) {
    return call(way, w7s, ECHO, text);
  }

  static Text call(CallStyle way, W7s w7s, RpcRef<Text, Text> route, String text) {
    return way.call(
        () -> w7s.rpc().call(route, new Text(text)),
        () -> w7s.rpc().callAsync(route, new Text(text)));
  }

  static SendReceipt send(CallStyle way, W7s w7s, String text) {
    return send(way, w7s, JOBS, text);
  }

  static SendReceipt send(CallStyle way, W7s w7s, QueueRef<Text> queue, String text) {
    return way.call(
        () -> w7s.queues().send(queue, new Text(text)),
        () -> w7s.queues().sendAsync(queue, new Text(text)));
  }

  static PublishReceipt publish(CallStyle way, W7s w7s, String text) {
    return publish(way, w7s, CREATED, text);
  }

  static PublishReceipt publish(CallStyle way, W7s w7s, SubjectRef<Text> subject, String text) {
    return way.call(
        () -> w7s.events().publish(subject, new Text(text)),
        () -> w7s.events().publishAsync(subject, new Text(text)));
  }

  static WorkflowHandle<Text> start(CallStyle way, W7s w7s, String id, String text) {
    return start(way, w7s, BUILD, id, text);
  }

  static WorkflowHandle<Text> start(
      CallStyle way, W7s w7s, WorkflowRef<Text, Text> workflow, String id, String text) {
    return way.call(
        () -> w7s.workflows().start(workflow, new Text(text), start -> start.instanceId(id)),
        () -> w7s.workflows().startAsync(workflow, new Text(text), start -> start.instanceId(id)));
  }

  /** One call of each kind, for what is the same for all of them. */
  enum Kind {
    RPC(Metric.RPC_DISPATCH) {
      @Override
      Object make(CallStyle way, W7s w7s) {
        return echo(way, w7s, "a");
      }
    },
    QUEUE(Metric.QUEUE_SEND) {
      @Override
      Object make(CallStyle way, W7s w7s) {
        return send(way, w7s, "a");
      }
    },
    EVENT(Metric.EVENT_PUBLISH) {
      @Override
      Object make(CallStyle way, W7s w7s) {
        return publish(way, w7s, "a");
      }
    },
    WORKFLOW(Metric.WORKFLOW_CREATE) {
      @Override
      Object make(CallStyle way, W7s w7s) {
        return start(way, w7s, "a", "a");
      }
    };

    private final Metric metric;

    Kind(Metric metric) {
      this.metric = metric;
    }

    /** What the platform counts for it. */
    Metric metric() {
      return metric;
    }

    abstract Object make(CallStyle way, W7s w7s);
  }
}
