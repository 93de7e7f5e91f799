package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.EventHandler;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.manifest.Difference;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.BatchHandler;
import io.w7s.sdk.queue.MessageHandler;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcHandler;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.schedule.ScheduleHandler;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.workflow.WorkflowHandler;
import io.w7s.sdk.workflow.WorkflowRef;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One app's handlers, declared once: dispatch for whatever serves it, and the {@code w7s.json} that
 * goes with them. Immutable and thread-safe; handlers may run on several threads at once, and no
 * lock is held while they do.
 *
 * <pre>{@code
 * W7sApp worker = W7sApp.builder(WORKER)
 *     .on(JOBS, message -> mailer.send(message.body()))
 *     .on(ORDER_CREATED, "events", event -> ...)
 *     .build();
 * }</pre>
 */
public final class W7sApp implements AppHandler {

  /** The default for {@link #maxBodyBytes()}: 10 MiB. */
  public static final int DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;

  private final AppId id;
  private final Manifest manifest;
  private final Dispatcher dispatcher;

  private W7sApp(AppId id, Manifest manifest, Dispatcher dispatcher) {
    this.id = id;
    this.manifest = manifest;
    this.dispatcher = dispatcher;
  }

  /**
   * Begins an app.
   *
   * @param app which app this is; the refs of its queues, workflows and routes are made from it
   */
  public static Builder builder(AppRef app) {
    return new Builder(app.id());
  }

  /** Returns the app's identity. */
  public AppId id() {
    return id;
  }

  /** Returns the largest request body that is read, in bytes; a larger one is answered with 413. */
  public int maxBodyBytes() {
    return dispatcher.maxBodyBytes();
  }

  /**
   * Answers a request: hands it to the handler that is declared for its method and path, and waits
   * for it. Nothing is thrown but errors of the JVM:
   *
   * <ul>
   *   <li>400 with the reason when path, query or body cannot be read; no handler has run;
   *   <li>403 when a queue, schedule or workflow path is reached by RPC, for the platform's
   *       deliveries never come that way;
   *   <li>404 and 405 (with {@code allow}) when nothing is declared for the path or the method, 413
   *       for a body that is too large;
   *   <li>500 when the handler threw: the answer says no more than that, the log line names
   *       handler, message id and attempt.
   * </ul>
   *
   * The body of a refusal is {@code {"ok":false,"error":"reason"}}, which no caller can take for
   * the platform's own.
   */
  @Override
  public AppResponse handle(AppRequest request) {
    return dispatcher.handle(request);
  }

  /** Returns the app's {@code w7s.json}, derived from its handlers. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * Compares the app's handlers with a checked-in {@code w7s.json}.
   *
   * @return each difference; empty when the file says what the handlers do. Keys that the SDK does
   *     not know are not compared
   * @throws io.w7s.sdk.error.ConfigurationException when the file cannot be read
   * @throws InvalidInputException when it is not a manifest
   */
  public List<Difference> verifyManifest(Path file) {
    return manifest.differences(Manifest.read(file));
  }

  /** Returns the identity and the routes. */
  @Override
  public String toString() {
    return "W7sApp[" + id + ", " + dispatcher + "]";
  }

  /** Declares the handlers of an app. Not thread-safe; an app that was built stays as it is. */
  public static final class Builder {

    private final AppId id;
    private final RouteTable routes = new RouteTable();
    private final Map<String, EventQueue> eventQueues = new LinkedHashMap<>();
    private Manifest manifest = Manifest.empty();
    private JsonCodec codec = JacksonCodec.create();
    private int maxBodyBytes = DEFAULT_MAX_BODY_BYTES;

    private Builder(AppId id) {
      this.id = id;
    }

    /** Handles the messages of a queue one by one; see {@link MessageHandler}. */
    public <T> Builder on(QueueRef<T> queue, MessageHandler<T> handler) {
      return queue(queue, QueueRoute.ofEach(queue, handler));
    }

    /** Handles the messages of a queue batch by batch; see {@link BatchHandler}. */
    public <T> Builder onBatch(QueueRef<T> queue, BatchHandler<T> handler) {
      return queue(queue, QueueRoute.ofBatch(queue, handler));
    }

    private Builder queue(QueueRef<?> queue, Route route) {
      requireOwn("queue", queue, queue.app());
      routes.add("POST", queue.consumer(), route);
      manifest = manifest.withQueue(new Manifest.Queue(queue.name(), queue.consumer()));
      return this;
    }

    /**
     * Subscribes a queue of the app to a subject and handles its events; see {@link EventHandler}.
     * One queue can take several subjects; an event of any other subject on it fails its batch
     * unless {@link #onUnhandled} handles it.
     */
    public <T> Builder on(SubjectRef<T> subject, String queue, EventHandler<T> handler) {
      String name = Names.queue("queue name", queue);
      eventQueue(name).add(subject, handler);
      manifest = manifest.withSubscription(new Manifest.Subscription(subject.name(), name));
      return this;
    }

    /**
     * Handles the events on a queue of the app whose subject has no handler of its own there, so
     * that they do not fail their batch: events of a subscription that only the manifest declares,
     * or that were under way when a handler was taken out. The data is what the codec makes of any
     * JSON: maps, lists, text, numbers.
     */
    public Builder onUnhandled(String queue, EventHandler<Object> handler) {
      eventQueue(Names.queue("queue name", queue)).addOther(handler);
      return this;
    }

    private EventQueue eventQueue(String name) {
      EventQueue events = eventQueues.get(name);
      if (events == null) {
        events = new EventQueue(name);
        QueueRef<?> ref = new AppRef(id).queue(name, Object.class);
        routes.add("POST", ref.consumer(), events);
        manifest = manifest.withQueue(new Manifest.Queue(name, ref.consumer()));
        eventQueues.put(name, events);
      }
      return events;
    }

    /** Declares that the app publishes events under a subject. */
    public Builder publishes(SubjectRef<?> subject) {
      manifest = manifest.withPublished(subject.name());
      return this;
    }

    /** Handles the runs of a schedule; see {@link ScheduleHandler}. */
    public Builder on(ScheduleRef schedule, ScheduleHandler handler) {
      routes.add("POST", schedule.path(), new ScheduleRoute(id, handler));
      manifest = manifest.withSchedule(new Manifest.Schedule(schedule.cron(), schedule.path()));
      return this;
    }

    /** Runs the instances of a workflow; see {@link WorkflowHandler}. */
    public <I, O> Builder on(WorkflowRef<I, O> workflow, WorkflowHandler<I, O> handler) {
      requireOwn("workflow", workflow, workflow.app());
      routes.add("POST", workflow.path(), new WorkflowRoute<>(workflow, handler));
      manifest = manifest.withWorkflow(new Manifest.Workflow(workflow.name(), workflow.path()));
      return this;
    }

    /**
     * Answers a route: what the handler returns is the body of a 200, or 204 for null; see {@link
     * RpcHandler}.
     */
    public <I, O> Builder on(RpcRef<I, O> route, RpcHandler<I, O> handler) {
      return rpc(route, RpcRoute.ofResult(route, handler));
    }

    /** Answers a route with a say in status and headers; see {@link RpcReply}. */
    public <I> Builder onReply(RpcRef<I, ?> route, RpcHandler<I, RpcReply> handler) {
      return rpc(route, RpcRoute.ofReply(route, handler));
    }

    private Builder rpc(RpcRef<?, ?> ref, Route route) {
      requireOwn("RPC", ref, ref.app());
      return route(ref.method(), ref.path(), route);
    }

    /** Answers a path in a way of the SDK's own. */
    Builder route(String method, String path, Route route) {
      routes.add(method, path, route);
      return this;
    }

    /**
     * Starts from a manifest: what the handlers cannot say, such as bindings, variables and allow
     * lists. Call it before the handlers are declared; what they declare is added to it.
     */
    public Builder manifest(Manifest base) {
      if (!routes.isEmpty()) {
        throw new InvalidInputException(
            "manifest", "given after a handler", "given before the first handler");
      }
      manifest = base;
      return this;
    }

    /** Sets what reads and writes bodies. Default {@link JacksonCodec}. */
    public Builder codec(JsonCodec codec) {
      this.codec = codec;
      return this;
    }

    /** Sets the largest request body that is read, in bytes; at least 1. Default 10 MiB. */
    public Builder maxBodyBytes(int maxBodyBytes) {
      if (maxBodyBytes < 1) {
        throw new InvalidInputException("maxBodyBytes", String.valueOf(maxBodyBytes), "at least 1");
      }
      this.maxBodyBytes = maxBodyBytes;
      return this;
    }

    /** Returns the app. */
    public W7sApp build() {
      return new W7sApp(id, manifest, new Dispatcher(id, routes.copy(), codec, maxBodyBytes));
    }

    private void requireOwn(String kind, Object ref, AppId app) {
      if (!app.equals(id)) {
        throw new InvalidInputException(
            kind + " handler", ref.toString(), "made by the AppRef of " + id);
      }
    }
  }
}
