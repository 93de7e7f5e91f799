package io.w7s.sdk.spring.internal.handler;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.schedule.ScheduledRun;
import io.w7s.sdk.spring.EventHandler;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.RpcHandler;
import io.w7s.sdk.spring.ScheduleHandler;
import io.w7s.sdk.spring.WorkflowHandler;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowRun;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;

/** Adds annotated methods to an app. Not thread-safe. */
final class HandlerRegistrar {

  /** What handlers of some kind take; as a body it is a mistake. */
  static final Set<Class<?>> WRAPPERS =
      Set.of(
          QueueMessage.class,
          QueueBatch.class,
          Event.class,
          WorkflowRun.class,
          Steps.class,
          ScheduledRun.class,
          RpcRequest.class);

  private final AppRef ref;
  private final W7sApp.Builder app;

  /** By method and path, to name both when there are two. */
  private final Map<String, HandlerMethod> paths = new HashMap<>();

  private boolean hasSteps;

  HandlerRegistrar(AppRef ref, W7sApp.Builder app) {
    this.ref = ref;
    this.app = app;
  }

  /** Returns whether one of those added runs in steps. */
  boolean hasSteps() {
    return hasSteps;
  }

  /**
   * Adds a method.
   *
   * @throws InvalidHandlerException when it cannot be a handler
   */
  void add(HandlerMethod handler) {
    try {
      if (handler.annotation() instanceof QueueHandler queue) {
        addQueue(handler, queue);
      } else if (handler.annotation() instanceof EventHandler event) {
        addEvent(handler, event);
      } else if (handler.annotation() instanceof WorkflowHandler workflow) {
        addWorkflow(handler, workflow);
      } else if (handler.annotation() instanceof ScheduleHandler schedule) {
        addSchedule(handler, schedule);
      } else if (handler.annotation() instanceof RpcHandler rpc) {
        addRpc(handler, rpc);
      }
    } catch (InvalidInputException invalid) {
      throw new InvalidHandlerException(
          handler + " cannot be used: " + invalid.getMessage(),
          "Change what the annotation or the method says of it.",
          invalid);
    }
  }

  private void addQueue(HandlerMethod handler, QueueHandler annotation) {
    Forms forms =
        new Forms(
            handler,
            "void %1$s(T body)",
            "void %1$s(QueueMessage<T> message)",
            "void %1$s(QueueBatch<T> batch)");
    forms.requireVoid();
    Type parameter = forms.onlyParameter();
    boolean batch = raw(parameter) == QueueBatch.class;
    boolean message = raw(parameter) == QueueMessage.class;
    TypeRef<?> body = forms.body(parameter, batch || message);
    QueueRef<?> queue = ref.queue(handler.resolved(annotation.value()), body);
    String consumer = handler.resolved(annotation.consumer());
    if (!consumer.isEmpty()) {
      queue = queue.consumer(consumer);
    }
    if (annotation.cloudEvents()) {
      queue = queue.asCloudEvents();
    }
    claim("POST " + queue.consumer(), handler);
    if (batch) {
      app.onBatch(queue, handler::invoke);
    } else if (message) {
      app.on(queue, handler::invoke);
    } else {
      app.on(queue, each -> handler.invoke(each.body()));
    }
  }

  private void addEvent(HandlerMethod handler, EventHandler annotation) {
    Forms forms = new Forms(handler, "void %1$s(T data)", "void %1$s(Event<T> event)");
    forms.requireVoid();
    Type parameter = forms.onlyParameter();
    boolean event = raw(parameter) == Event.class;
    SubjectRef<?> subject =
        SubjectRef.of(handler.resolved(annotation.subject()), forms.body(parameter, event));
    String queue = handler.resolved(annotation.queue());
    String path = "POST " + ref.queue(queue, Object.class).consumer();
    HandlerMethod other = paths.putIfAbsent(path, handler);
    if (other != null && !(other.annotation() instanceof EventHandler)) {
      throw twice(path, handler, other);
    }
    claim("subject " + subject.name() + " on queue " + queue, handler);
    if (event) {
      app.on(subject, queue, handler::invoke);
    } else {
      app.on(subject, queue, each -> handler.invoke(each.data()));
    }
  }

  private void addSchedule(HandlerMethod handler, ScheduleHandler annotation) {
    Forms forms = new Forms(handler, "void %1$s()", "void %1$s(ScheduledRun run)");
    forms.requireVoid();
    Type[] parameters = handler.parameters();
    if (parameters.length > 1 || (parameters.length == 1 && parameters[0] != ScheduledRun.class)) {
      throw forms.refused("it has other parameters than these");
    }
    ScheduleRef schedule =
        ScheduleRef.of(handler.resolved(annotation.cron()), handler.resolved(annotation.path()));
    claim("POST " + schedule.path(), handler);
    app.on(schedule, run -> callWith(handler, parameters.length, run));
  }

  private void addWorkflow(HandlerMethod handler, WorkflowHandler annotation) {
    Forms forms =
        new Forms(
            handler,
            "R %1$s(T payload)",
            "R %1$s(WorkflowRun<T> run)",
            "R %1$s(T payload, Steps steps)",
            "R %1$s(WorkflowRun<T> run, Steps steps)");
    Type[] parameters = handler.parameters();
    boolean steps = parameters.length == 2 && parameters[1] == Steps.class;
    if (parameters.length != 1 && !steps) {
      throw forms.refused("it has other parameters than these");
    }
    boolean run = raw(parameters[0]) == WorkflowRun.class;
    TypeRef<?> input = forms.body(parameters[0], run);
    WorkflowRef<Object, Object> workflow =
        cast(ref.workflow(handler.resolved(annotation.value()), input, forms.result()));
    claim("POST " + workflow.path(), handler);
    if (steps) {
      hasSteps = true;
      app.on(workflow, (each, log) -> handler.invoke(run ? each : each.payload(), log));
    } else {
      app.on(workflow, each -> handler.invoke(run ? each : each.payload()));
    }
  }

  private void addRpc(HandlerMethod handler, RpcHandler annotation) {
    Forms forms =
        new Forms(
            handler,
            "R %1$s()",
            "R %1$s(T body)",
            "R %1$s(RpcRequest<T> request)",
            "RpcReply<R> %1$s(RpcRequest<T> request)");
    Type[] parameters = handler.parameters();
    if (parameters.length > 1) {
      throw forms.refused("it has other parameters than these");
    }
    boolean request = parameters.length == 1 && raw(parameters[0]) == RpcRequest.class;
    TypeRef<?> input =
        parameters.length == 0 ? TypeRef.of(Void.class) : forms.body(parameters[0], request);
    boolean reply = raw(handler.result()) == RpcReply.class;
    TypeRef<?> output = reply ? forms.argument(handler.result()) : forms.result();
    String method = handler.resolved(annotation.method());
    String path = handler.resolved(annotation.path());
    RpcRef<Object, Object> route = cast(ref.rpc(method, path, input, output));
    claim(route.method() + " " + route.path(), handler);
    if (reply) {
      app.onReply(
          route,
          each -> (RpcReply<?>) callWith(handler, parameters.length, request ? each : each.body()));
    } else {
      app.on(route, each -> callWith(handler, parameters.length, request ? each : each.body()));
    }
    if (annotation.publicRoute()) {
      app.publicRoute(route);
    }
  }

  private static @Nullable Object callWith(
      HandlerMethod handler, int parameters, @Nullable Object argument) throws Exception {
    return parameters == 0 ? handler.invoke() : handler.invoke(argument);
  }

  private void claim(String path, HandlerMethod handler) {
    HandlerMethod other = paths.putIfAbsent(path, handler);
    if (other != null) {
      throw twice(path, handler, other);
    }
  }

  private static InvalidHandlerException twice(
      String path, HandlerMethod handler, HandlerMethod other) {
    return new InvalidHandlerException(
        "%s has two handlers:%n%n    %s%n    %s".formatted(path, other, handler),
        "Keep one of them, or give one of them another name or path. A class that is two beans has"
            + " its handlers twice.");
  }

  private static Class<?> raw(Type type) {
    return ResolvableType.forType(type).toClass();
  }

  @SuppressWarnings("unchecked") // its types are those that the method has
  private static WorkflowRef<Object, Object> cast(WorkflowRef<?, ?> workflow) {
    return (WorkflowRef<Object, Object>) workflow;
  }

  @SuppressWarnings("unchecked") // its types are those that the method has
  private static RpcRef<Object, Object> cast(RpcRef<?, ?> route) {
    return (RpcRef<Object, Object>) route;
  }

  /** The forms that a method may have, and what it has. */
  private record Forms(HandlerMethod handler, String... allowed) {

    void requireVoid() {
      if (handler.result() != void.class) {
        throw refused("what it returns would be lost");
      }
    }

    Type onlyParameter() {
      Type[] parameters = handler.parameters();
      if (parameters.length != 1) {
        throw refused("it has " + parameters.length + " parameters");
      }
      return parameters[0];
    }

    /** Returns the type of a body: the parameter, or the type argument of a wrapper. */
    TypeRef<?> body(Type parameter, boolean wrapped) {
      if (wrapped) {
        return argument(parameter);
      }
      if (WRAPPERS.contains(raw(parameter))) {
        throw refused("it has a parameter of type " + raw(parameter).getSimpleName());
      }
      return TypeRef.ofType(parameter);
    }

    TypeRef<?> argument(Type wrapper) {
      if (wrapper instanceof ParameterizedType parameterized) {
        return TypeRef.ofType(parameterized.getActualTypeArguments()[0]);
      }
      throw refused(raw(wrapper).getSimpleName() + " does not say of what");
    }

    TypeRef<?> result() {
      Class<?> raw = raw(handler.result());
      if (Future.class.isAssignableFrom(raw)
          || ReactiveAdapterRegistry.getSharedInstance().getAdapter(raw) != null) {
        throw refused("it returns before it is done, and the platform would not wait");
      }
      return TypeRef.ofType(handler.result());
    }

    InvalidHandlerException refused(String reason) {
      var forms = new StringBuilder("Write it in one of these forms:\n");
      for (String form : allowed) {
        forms.append("\n    ").append(form.formatted(handler.name()));
      }
      return new InvalidHandlerException(
          handler + " cannot be used: " + reason + ".", forms.toString());
    }
  }
}
