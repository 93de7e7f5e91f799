package io.w7s.sdk.app;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.EventHandler;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.wire.ProgressReport;
import io.w7s.sdk.internal.wire.RunReport;
import io.w7s.sdk.internal.wire.RunSignal;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.manifest.Difference;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.BatchHandler;
import io.w7s.sdk.queue.MessageHandler;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcHandler;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.VoidRpcHandler;
import io.w7s.sdk.schedule.ScheduleHandler;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepSettings;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowHandler;
import io.w7s.sdk.workflow.WorkflowRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handlers of one app, declared once. It handles the requests of whatever serves the app, and
 * derives the app's {@code w7s.json} from the handlers. Immutable and thread-safe. Handlers may run
 * on several threads at the same time, and no lock is held while they do.
 *
 * <pre>{@code
 * W7sApp worker = W7sApp.builder(WORKER)
 *     .on(JOBS, message -> mailer.send(message.body()))
 *     .on(ORDER_CREATED, "events", event -> ...)
 *     .build();
 * }</pre>
 */
public final class W7sApp implements AppHandler {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  /** The default for {@link #maxBodyBytes()}: 10 MiB. */
  public static final int DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;

  private static final int LONGEST_DIFFERENCE = 500;

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
   * @param app the app; it also makes the references of its queues, workflows and routes
   */
  public static Builder builder(AppRef app) {
    return new Builder(requireNonNull(app, "app").id());
  }

  /** Returns the app's identity. */
  public AppId id() {
    return id;
  }

  /**
   * Returns the maximum size of a request body in bytes. A larger one gets a 413, and a server
   * should not read more of it.
   */
  @Override
  public int maxBodyBytes() {
    return dispatcher.maxBodyBytes();
  }

  /**
   * Returns whether anybody may send a request to a method and path, because its route was opened
   * with {@link Builder#publicRoute}. Paths of the platform's deliveries never are.
   */
  @Override
  public boolean isPublic(String method, String path) {
    return dispatcher.isPublic(method, path);
  }

  /**
   * Returns the methods and paths that have a handler, in the order in which they were declared;
   * unmodifiable.
   */
  public List<AppRoute> routes() {
    return dispatcher.routes();
  }

  /**
   * Handles a request: calls the handler of its method and path, in this thread, and waits for it.
   * Nothing is thrown. The response is what the handler returned, or
   *
   * <ul>
   *   <li>400 with the reason when the path, the query or the body cannot be read. No handler was
   *       called, except for the other messages of a batch, see below;
   *   <li>403 when a path of the platform's deliveries is called by RPC, which deliveries never
   *       are;
   *   <li>404 or 405 (with {@code allow}) when the path or the method has no handler;
   *   <li>413 when the body is larger than {@link #maxBodyBytes()};
   *   <li>415 when a delivery has a content type that is not JSON;
   *   <li>500 when the handler threw, be it an exception or an {@code Error}. The response does not
   *       say what; the log does, and so does {@link AppResponse#failures()}.
   * </ul>
   *
   * <p>The body of such a response is {@code {"ok":false,"error":"reason"}}. The platform's own
   * refusals have another form, so no caller can mistake one for the other.
   *
   * <p>The messages and events of a batch are handled one by one, and each of them is given to its
   * handler, whatever another one threw. The platform acknowledges only whole batches, so the
   * response is a failure as long as one message failed: 500 when a handler threw, or 400 when
   * nothing else happened than that messages could not be read. Then the platform delivers the
   * whole batch again.
   *
   * <p>A handler that throws {@link InterruptedException}, or leaves its thread interrupted, does
   * not disturb the next message. The thread's interrupted status is set again before this method
   * returns.
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
   * Checks that a {@code w7s.json} that is checked in declares what the handlers handle; one line
   * of a test. Keys that the SDK does not know are not compared. Logs a warning when the app
   * declares more queues, schedules or workflows than the platform deploys; see {@link
   * Manifest#beyondPlatformCaps()}.
   *
   * <p>For the differences as values, see {@link Manifest#differences}.
   *
   * @throws ConfigurationException when the file declares anything else, with each difference in a
   *     line of its own, or when it cannot be read
   * @throws InvalidInputException when it is not a manifest
   */
  public void verifyManifest(Path file) {
    for (String beyond : manifest.beyondPlatformCaps()) {
      log.warn("{} declares {}: its deployment would be refused", id, beyond);
    }
    List<Difference> differences = manifest.differences(Manifest.read(file));
    if (!differences.isEmpty()) {
      throw new ConfigurationException(
          ("%s does not declare what the handlers of %s handle. Write manifest().toJson() of"
                  + " the app to it, or change the handlers:%s")
              .formatted(
                  SafeText.of(file.toAbsolutePath().normalize().toString()),
                  id,
                  differences.stream()
                      .map(each -> "\n  " + SafeText.of(each.toString(), LONGEST_DIFFERENCE))
                      .collect(Collectors.joining())));
    }
  }

  /**
   * Sends messages again that are held back and overdue, because what should have brought them back
   * was lost on its way. Each delivery of a queue does this by itself once a minute; call it from a
   * schedule where a queue may be without deliveries for long.
   *
   * @return how many were sent: at most 10 for each queue with {@link Builder#consumption} and
   *     {@code retry}
   * @throws RuntimeException when a store cannot be reached
   * @throws io.w7s.sdk.error.W7sException when a message cannot be sent
   */
  public int sendOverdue() {
    return dispatcher.sendOverdue();
  }

  /**
   * Goes on with the runs of durable workflows that are due, one after the other on this thread,
   * until none is, or the thread is interrupted. For an app that is not always on: call it from a
   * schedule. Otherwise use a {@link WorkflowRunner}. What goes wrong with a run is logged, and the
   * run is taken up again when its lease ends.
   *
   * @return how many were due
   * @throws RuntimeException when the log cannot be read
   * @throws InvalidInputException when the app has no durable workflow
   */
  public int runDue() {
    return context().durableRuns().runDue(context());
  }

  /** Returns whether the app has durable workflows, which a {@link WorkflowRunner} goes on with. */
  public boolean hasDurableWorkflows() {
    return context().hasDurableRuns();
  }

  /**
   * Returns what lists, cancels, repeats and deletes the runs of the app's durable workflows.
   *
   * @throws InvalidInputException when the app has no durable workflow
   */
  public WorkflowRuns runs() {
    return context().durableRuns().runs();
  }

  AppContext context() {
    return dispatcher.context();
  }

  /** Returns the identity and the routes. */
  @Override
  public String toString() {
    return "W7sApp[" + id + ", " + dispatcher + "]";
  }

  /**
   * Declares the handlers of an app. Not thread-safe. An app that was built does not change when
   * its builder is used further.
   */
  public static final class Builder {

    private final AppId id;
    private final RouteTable routes = new RouteTable();
    private final Map<String, EventRoute> eventRoutes = new LinkedHashMap<>();
    private final Set<RpcRef<?, ?>> publicRoutes = new LinkedHashSet<>();
    private final List<HandlerInterceptor> interceptors = new ArrayList<>();
    private final Set<String> queues = new LinkedHashSet<>();
    private final Map<String, Consumption> consumption = new HashMap<>();

    /** What the function takes that chooses the keys of a queue, where there is one. */
    private final Map<String, String> keysFor = new HashMap<>();

    private @Nullable Consumption consumptionOfOthers;
    private Manifest manifest = Manifest.empty();
    private JsonCodec codec = JacksonCodec.create();
    private @Nullable BlobStore blobs;
    private final Map<String, StepsRoute<?, ?>> durable = new LinkedHashMap<>();

    /** The workflows that events are bound to. */
    private final Set<String> signalled = new LinkedHashSet<>();

    private StepSettings stepSettings = new StepSettings();
    private @Nullable StepLog stepLog;
    private @Nullable ProcessedMessages scheduleRuns;
    private int maxBodyBytes = DEFAULT_MAX_BODY_BYTES;

    private Builder(AppId id) {
      this.id = id;
    }

    /**
     * Handles the messages of a queue one by one; see {@link MessageHandler}.
     *
     * @throws InvalidInputException when the queue is another app's, or has a handler already
     */
    public <T> Builder on(QueueRef<T> queue, MessageHandler<T> handler) {
      return queue(queue, new MessageRoute<>(queue, requireNonNull(handler, "handler")));
    }

    /**
     * Handles the messages of a queue batch by batch; see {@link BatchHandler}.
     *
     * @throws InvalidInputException when the queue is another app's, or has a handler already
     */
    public <T> Builder onBatch(QueueRef<T> queue, BatchHandler<T> handler) {
      return queue(queue, new BatchRoute<>(queue, requireNonNull(handler, "handler")));
    }

    private Builder queue(QueueRef<?> queue, Route route) {
      requireOwn("queue handler", queue, requireNonNull(queue, "queue").app());
      routes.add("POST", queue.consumer(), route);
      queues.add(queue.name());
      manifest = manifest.withQueue(new Manifest.Queue(queue.name(), queue.consumer()));
      return this;
    }

    /**
     * Subscribes a queue of the app to a subject and handles its events; see {@link EventHandler}.
     * One queue can take several subjects. An event of any other subject on it fails, unless {@link
     * #onUnhandled} handles it.
     *
     * @throws InvalidInputException when the subject has a handler on that queue already
     */
    public <T> Builder on(SubjectRef<T> subject, String queue, EventHandler<T> handler) {
      requireNonNull(subject, "subject");
      requireNonNull(handler, "handler");
      return subscribe(subject, queue, context -> handler);
    }

    private <T> Builder subscribe(
        SubjectRef<T> subject, String queue, Function<AppContext, EventHandler<T>> handler) {
      String name = Names.queue("queue name", requireNonNull(queue, "queue"));
      eventRoute(name).add(subject, handler);
      manifest = manifest.withSubscription(new Manifest.Subscription(subject.name(), name));
      return this;
    }

    /**
     * Handles the events on a queue of the app whose subject has no handler there; without this
     * they fail. Such events come from a subscription that only the manifest declares, or were on
     * their way when a handler was removed. Their data is what the codec reads any JSON as: maps,
     * lists, text, numbers.
     *
     * @throws InvalidInputException when the queue has such a handler already
     */
    public Builder onUnhandled(String queue, EventHandler<Object> handler) {
      requireNonNull(handler, "handler");
      eventRoute(Names.queue("queue name", requireNonNull(queue, "queue"))).addOther(handler);
      return this;
    }

    private EventRoute eventRoute(String name) {
      EventRoute events = eventRoutes.get(name);
      if (events == null) {
        events = new EventRoute(name);
        QueueRef<?> ref = new AppRef(id).queue(name, Object.class);
        routes.add("POST", ref.consumer(), events);
        queues.add(name);
        manifest = manifest.withQueue(new Manifest.Queue(name, ref.consumer()));
        eventRoutes.put(name, events);
      }
      return events;
    }

    /** Declares that the app publishes events under a subject. */
    public Builder publishes(SubjectRef<?> subject) {
      manifest = manifest.withPublished(requireNonNull(subject, "subject").name());
      return this;
    }

    /**
     * Handles the runs of a schedule; see {@link ScheduleHandler}.
     *
     * @throws InvalidInputException when its path has a handler already
     */
    public Builder on(ScheduleRef schedule, ScheduleHandler handler) {
      requireNonNull(handler, "handler");
      requireNonNull(schedule, "schedule");
      routes.add("POST", schedule.path(), new ScheduleRoute(schedule.name(), handler));
      manifest = manifest.withSchedule(new Manifest.Schedule(schedule.cron(), schedule.path()));
      return this;
    }

    /**
     * Runs the instances of a workflow; see {@link WorkflowHandler}.
     *
     * @throws InvalidInputException when the workflow is another app's, or has a handler already
     */
    public <I, O> Builder on(WorkflowRef<I, O> workflow, WorkflowHandler<I, O> handler) {
      requireNonNull(handler, "handler");
      requireOwn("workflow handler", workflow, requireNonNull(workflow, "workflow").app());
      routes.add("POST", workflow.path(), new WorkflowRoute<>(workflow, handler));
      manifest = manifest.withWorkflow(new Manifest.Workflow(workflow.name(), workflow.path()));
      return this;
    }

    /**
     * Runs the instances of a workflow in steps that are remembered in the log of {@link #steps};
     * see {@link StepsHandler}. The app then also takes, by RPC, {@code GET <path of the
     * workflow>/runs/{instance}} and {@code .../progress}, with which the handles of instances ask
     * how they stand, and {@code POST .../events}, with which they signal. What {@link W7sApp#runs}
     * does can be asked for as JSON below {@code <path of the workflow>/runs}, by whoever can sign
     * a delivery and not by RPC.
     *
     * @throws InvalidInputException when the workflow is another app's, or has a handler already
     */
    public <I, O> Builder on(WorkflowRef<I, O> workflow, StepsHandler<I, O> handler) {
      requireNonNull(handler, "handler");
      requireOwn("workflow handler", workflow, requireNonNull(workflow, "workflow").app());
      var route = new StepsRoute<>(workflow, handler);
      routes.add("POST", workflow.path(), route);
      routes.add("GET", RunReport.path(workflow.path()), route.reports());
      routes.add("GET", ProgressReport.path(workflow.path()), route.progress());
      routes.add("POST", RunSignal.path(workflow.path()), route.signals());
      new RunRoutes(workflow).addTo(routes);
      durable.put(workflow.toString(), route);
      manifest = manifest.withWorkflow(new Manifest.Workflow(workflow.name(), workflow.path()));
      return this;
    }

    /**
     * Subscribes a queue of the app to a subject, and gives each event to the run that it names; as
     * {@link #on(SubjectRef, String, EventHandler)} with a handler that signals. An event that is
     * published or delivered again is one for the run: it is told by its publisher and its id.
     *
     * <pre>{@code
     * .signal(CHECKOUT, PAYMENT, PAID, "payments", event -> event.data().checkout())
     * }</pre>
     *
     * <p>An event fails as long as there is no run with its id, and so it comes again. One that
     * comes after the end of its run is rejected: with {@link #consumption} it is parked.
     *
     * @param workflow the durable workflow; it may be declared before or after this
     * @param event what the run waits for
     * @param subject the subject, whose data is the value of the event
     * @param queue the queue of the app that takes the events
     * @param instance returns the full instance id of the run, which its body knows as {@code
     *     run.instanceId()}; null for an event that no run waits for, which is skipped
     * @throws InvalidInputException when the workflow is another app's, or the subject has a
     *     handler on that queue already; {@link #build} throws it when the workflow is not durable
     */
    public <T> Builder signal(
        WorkflowRef<?, ?> workflow,
        RunEvent<T> event,
        SubjectRef<T> subject,
        String queue,
        Function<Event<T>, @Nullable String> instance) {
      requireNonNull(event, "event");
      requireNonNull(subject, "subject");
      requireNonNull(instance, "instance");
      requireOwn("workflow to signal", workflow, requireNonNull(workflow, "workflow").app());
      String name = workflow.toString();
      subscribe(
          subject,
          queue,
          context ->
              received -> {
                String run = instance.apply(received);
                if (run != null) {
                  context.durableRuns().route(name).signal(event, run, received, context);
                }
              });
      signalled.add(name);
      return this;
    }

    /** Sets the log of durable workflows; see {@link #steps(StepLog, Consumer)}. */
    public Builder steps(StepLog log) {
      return steps(log, settings -> {});
    }

    /**
     * Sets the log in which the steps of durable workflows are remembered, and how they run.
     *
     * @param log the log, which other processes of the app may share
     * @param settings changes the default settings
     */
    public Builder steps(StepLog log, Consumer<StepSettings> settings) {
      stepLog = requireNonNull(log, "log");
      stepSettings = new StepSettings(); // an app that was built keeps those that it has
      requireNonNull(settings, "settings").accept(stepSettings);
      return this;
    }

    /**
     * Handles the requests to a route: the response is what the handler returns; see {@link
     * RpcHandler}. For a route without a result, see {@link #onVoid}.
     *
     * @throws InvalidInputException when the route is another app's, has a handler already, or
     *     overlaps another one
     */
    public <I, O> Builder on(RpcRef<I, O> route, RpcHandler<I, O> handler) {
      return rpc(route, RpcRoute.ofResult(route, requireNonNull(handler, "handler")));
    }

    /**
     * Handles the requests to a route, with a status and headers that the handler chooses; see
     * {@link RpcReply}.
     *
     * @throws InvalidInputException when the route is another app's, has a handler already, or
     *     overlaps another one
     */
    public <I, O> Builder onReply(
        RpcRef<I, O> route, RpcHandler<I, ? extends RpcReply<? extends O>> handler) {
      return rpc(route, RpcRoute.ofReply(route, requireNonNull(handler, "handler")));
    }

    /**
     * Handles the requests to a route that has no result. The response is a 204. This is not
     * another {@code on}, because the compiler could not tell which of the two takes {@code request
     * -> store(request.body())}.
     *
     * @throws InvalidInputException when the route is another app's, has a handler already, or
     *     overlaps another one
     */
    public <I> Builder onVoid(RpcRef<I, Void> route, VoidRpcHandler<I> handler) {
      requireNonNull(handler, "handler");
      return on(
          route,
          request -> {
            handler.handle(request);
            return null;
          });
    }

    private Builder rpc(RpcRef<?, ?> ref, Route route) {
      requireOwn("RPC handler", ref, requireNonNull(ref, "route").app());
      routes.add(ref.method(), ref.path(), route);
      return this;
    }

    /**
     * Opens a route to the public: a {@link io.w7s.sdk.signature.SignedHandler} around the app lets
     * in requests to it that nobody has signed. Its handler does not know who calls, also where an
     * app claims to be the caller. Without this, a route takes only what comes from the platform.
     * The route may be declared before or after this.
     *
     * @throws InvalidInputException when the route is another app's; {@link #build} throws it when
     *     the route has no handler
     */
    public Builder publicRoute(RpcRef<?, ?> route) {
      requireOwn("public route", route, requireNonNull(route, "route").app());
      publicRoutes.add(route);
      return this;
    }

    /**
     * Runs each minute of each schedule of the app once at most, though it may come to several
     * processes, or come twice. It is marked in the store before its handler begins: if that fails,
     * or its process dies, it does not run again. A minute that came to no process, between two
     * that did, is named in the log at WARN. When the store cannot be reached the handler does not
     * run, and the delivery gets a 500. By default every delivery of a schedule is run.
     *
     * @param runs a store that all processes of the app share
     */
    public Builder schedulesOnce(ProcessedMessages runs) {
      scheduleRuns = requireNonNull(runs, "runs");
      return this;
    }

    /**
     * Handles each message once and sets aside what cannot be handled, on all queues of the app
     * that have no {@code consumption} of their own, whether they are declared before or after
     * this. See {@link Consumption}. By default a queue is consumed as the platform delivers it:
     * when a message fails, its whole batch comes again, and is dropped after its last delivery.
     *
     * <pre>{@code
     * .consumption(each -> each.once(processed).park(parked).retry(w7s.queues()))
     * }</pre>
     *
     * @param settings sets what is wanted; a message is a {@code QueueMessage} or an {@code Event}
     * @throws InvalidInputException when the settings do not fit together
     */
    public Builder consumption(Consumer<Consumption.Builder<Object>> settings) {
      Consumption.Builder<Object> builder = Consumption.builder();
      requireNonNull(settings, "settings").accept(builder);
      consumptionOfOthers = builder.build();
      return this;
    }

    /**
     * Sets how the messages of one queue are consumed; see {@link #consumption(Consumer)}.
     *
     * @throws InvalidInputException when the queue is another app's, or the settings do not fit
     *     together
     */
    public <T> Builder consumption(
        QueueRef<T> queue, Consumer<Consumption.Builder<QueueMessage<T>>> settings) {
      requireOwn("queue handler", queue, requireNonNull(queue, "queue").app());
      Consumption.Builder<QueueMessage<T>> builder = Consumption.builder();
      requireNonNull(settings, "settings").accept(builder);
      put(queue.name(), builder.build(), "messages");
      return this;
    }

    /**
     * Sets how the events of one queue are consumed; see {@link #consumption(Consumer)}.
     *
     * @throws InvalidInputException when the settings do not fit together
     */
    public Builder consumption(
        String eventQueue, Consumer<Consumption.Builder<Event<?>>> settings) {
      Consumption.Builder<Event<?>> builder = Consumption.builder();
      requireNonNull(settings, "settings").accept(builder);
      put(
          Names.queue("queue name", requireNonNull(eventQueue, "eventQueue")),
          builder.build(),
          "events");
      return this;
    }

    private void put(String queue, Consumption settings, String keysAreFor) {
      consumption.put(queue, settings);
      if (settings.key().isPresent()) {
        keysFor.put(queue, keysAreFor);
      } else {
        keysFor.remove(queue);
      }
    }

    /**
     * Adds an interceptor around all handlers of the app, whether they are declared before or after
     * this. The interceptor that was added first is the outermost.
     */
    public Builder intercept(HandlerInterceptor interceptor) {
      interceptors.add(requireNonNull(interceptor, "interceptor"));
      return this;
    }

    /**
     * Starts from a manifest with what handlers cannot declare, such as bindings, variables and
     * allow lists. Call it once, before handlers and published subjects are declared. What these
     * declare is added to it.
     *
     * @throws InvalidInputException when something was declared already
     */
    public Builder manifest(Manifest manifest) {
      requireNonNull(manifest, "manifest");
      if (!routes.isEmpty() || !this.manifest.equals(Manifest.empty())) {
        throw new InvalidInputException(
            "manifest",
            "given after a handler, a published subject or another manifest",
            "given once, and first");
      }
      this.manifest = manifest;
      return this;
    }

    /** Sets the codec that reads and writes bodies. Default {@link JacksonCodec}. */
    public Builder codec(JsonCodec codec) {
      this.codec = requireNonNull(codec, "codec");
      return this;
    }

    /**
     * Reads the bodies of messages and the data of events from a store, where the sender has put
     * them there; see {@link io.w7s.sdk.W7s.Builder#blobs(BlobStore)}. Handlers get them as any
     * other. Only a body whose size and SHA-256 are those that the message names is handed on.
     *
     * <p>A blob that cannot be read fails its message and no other, with a {@link
     * io.w7s.sdk.error.BlobReadException}: the message is an {@link
     * io.w7s.sdk.queue.UnreadableMessage}. When the store cannot be reached or does not have the
     * blob, it comes again like one whose handler failed, and its blob is read again; with {@link
     * #consumption} it is parked after its last attempt. When the bytes are not those that were
     * sent, it is parked at once. A parked message keeps the reference, and can be handled as long
     * as its blob is there.
     *
     * <p>By default a message is what it is, also if it looks like a reference.
     *
     * @param store the store that the senders use
     * @throws InvalidInputException when blobs expire before {@link BlobStore#SHORTEST_EXPIRY}
     */
    public Builder blobs(BlobStore store) {
      BlobStore.requireExpiry(requireNonNull(store, "store").expiry());
      blobs = store;
      return this;
    }

    /**
     * Sets the maximum size of a request body in bytes. Default 10 MiB.
     *
     * @throws InvalidInputException when it is less than 1
     */
    public Builder maxBodyBytes(int maxBodyBytes) {
      if (maxBodyBytes < 1) {
        throw new InvalidInputException("maxBodyBytes", String.valueOf(maxBodyBytes), "1 or more");
      }
      this.maxBodyBytes = maxBodyBytes;
      return this;
    }

    /**
     * Returns the app.
     *
     * @throws InvalidInputException when there is a {@code consumption} of a queue that has no
     *     handler, or one of all queues and no queue, or one whose keys are made of messages for a
     *     queue of events, or the other way round; or when a {@link #publicRoute} has no handler,
     *     or there is a durable workflow and no log or a log and no such workflow, or a {@link
     *     #signal} for a workflow that is not durable, or {@link #schedulesOnce} and no schedule
     */
    public W7sApp build() {
      if (scheduleRuns != null && manifest.schedules().isEmpty()) {
        throw new InvalidInputException(
            "schedulesOnce", "an app without schedules", "set for an app that has a schedule");
      }
      RouteTable table = routes.copy();
      for (RpcRef<?, ?> route : publicRoutes) {
        if (!table.openToPublic(route.method(), route.path())) {
          throw new InvalidInputException(
              "public route", route.name(), "a route that has a handler");
        }
      }
      var context =
          new AppContext(
              id, codec, blobs, interceptors, consumptionByQueue(), durableRuns(), scheduleRuns);
      return new W7sApp(id, manifest, new Dispatcher(context, table, maxBodyBytes));
    }

    private @Nullable DurableRuns durableRuns() {
      for (String workflow : signalled) {
        if (!durable.containsKey(workflow)) {
          throw new InvalidInputException(
              "workflow to signal", workflow, "declared with (run, steps) -> ...");
        }
      }
      if (durable.isEmpty()) {
        if (stepLog != null) {
          throw new InvalidInputException(
              "log of steps",
              "an app without durable workflows",
              "set for an app that has a workflow declared with (run, steps) -> ...");
        }
        return null;
      }
      if (stepLog == null) {
        throw new InvalidInputException(
            "log of the workflow " + durable.keySet().iterator().next(),
            "none",
            "set with steps(log), as its steps are to be remembered");
      }
      return new DurableRuns(stepLog, stepSettings, durable);
    }

    private Map<String, Consumption> consumptionByQueue() {
      for (String queue : consumption.keySet()) {
        if (!queues.contains(queue)) {
          throw new InvalidInputException("consumption", queue, "a queue that has a handler");
        }
      }
      keysFor.forEach(
          (queue, keys) -> {
            String taken = eventRoutes.containsKey(queue) ? "events" : "messages";
            if (!keys.equals(taken)) {
              throw new InvalidInputException(
                  "consumption of queue " + queue,
                  "once(...) with a key of " + keys,
                  "a key of " + taken + ", which the queue takes");
            }
          });
      var byQueue = new HashMap<>(consumption);
      if (consumptionOfOthers != null) {
        if (queues.isEmpty()) {
          throw new InvalidInputException(
              "consumption", "an app without queues", "queues that have a handler");
        }
        for (String queue : queues) {
          byQueue.putIfAbsent(queue, consumptionOfOthers);
        }
      }
      byQueue.forEach(this::warnIfNothingCanBeConfirmed);
      return byQueue;
    }

    private void warnIfNothingCanBeConfirmed(String queue, Consumption settings) {
      if (settings.confirmations().isPresent()
          && settings.key().isEmpty()
          && !eventRoutes.containsKey(queue)) {
        log.warn(
            "queue {} of {} confirms no message: a message is confirmed by its key, which"
                + " once(processed, key) chooses",
            queue,
            id);
      }
    }

    private void requireOwn(String field, Object ref, AppId app) {
      if (!app.equals(id)) {
        throw new InvalidInputException(field, ref.toString(), "made by the AppRef of " + id);
      }
    }
  }
}
