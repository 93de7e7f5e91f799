package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.event.PublishOptions;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendOptions;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.rpc.RpcOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.CronExpression;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.RequestSigner;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.SignalOptions;
import io.w7s.sdk.workflow.StartOptions;
import io.w7s.sdk.workflow.WorkflowRef;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Null is refused where it is given, with the name of the parameter, and nothing else happens. */
class NullArgumentTest {

  private static final AppRef APP = AppRef.of("acme/worker");
  private static final QueueRef<String> JOBS = APP.queue("jobs", String.class);
  private static final SubjectRef<String> CREATED = SubjectRef.of("created", String.class);
  private static final RpcRef<String, String> ECHO = APP.post("/echo", String.class, String.class);
  private static final WorkflowRef<String, String> BUILD =
      APP.workflow("build", String.class, String.class);
  private static final RunEvent<String> PAID = RunEvent.of("paid", String.class);
  private static final ScheduleRef TICK = ScheduleRef.of("* * * * *", "/tick");

  /** What is configured in code, each with an instance to call. */
  private static final Map<Class<?>, Supplier<Object>> CONFIGURED =
      Map.ofEntries(
          Map.entry(W7s.class, () -> W7s.class), // the static methods only
          Map.entry(W7s.Builder.class, () -> W7s.builder(config())),
          Map.entry(W7sConfig.Builder.class, W7sConfig::builder),
          Map.entry(
              CallOptions.Builder.class, () -> new CallOptions.Builder(CallOptions.defaults())),
          Map.entry(RpcOptions.class, () -> new RpcOptions(CallOptions.defaults())),
          Map.entry(SendOptions.class, () -> new SendOptions(CallOptions.defaults())),
          Map.entry(PublishOptions.class, () -> new PublishOptions(CallOptions.defaults())),
          Map.entry(StartOptions.class, () -> new StartOptions(CallOptions.defaults())),
          Map.entry(SignalOptions.class, () -> new SignalOptions(CallOptions.defaults())),
          Map.entry(W7sApp.class, () -> W7sApp.class),
          Map.entry(W7sApp.Builder.class, () -> W7sApp.builder(APP)),
          Map.entry(Consumption.Builder.class, Consumption::builder),
          Map.entry(SigningSecrets.class, SigningSecrets::local),
          Map.entry(RequestSigner.class, () -> RequestSigner.of(SigningSecrets.local())),
          Map.entry(SignedHandler.class, () -> SignedHandler.class),
          Map.entry(
              SignedHandler.Builder.class,
              () -> SignedHandler.builder(W7sApp.builder(APP).build(), SigningSecrets.local())),
          Map.entry(AppRef.class, () -> APP),
          Map.entry(AppId.class, APP::id),
          Map.entry(Environment.class, () -> Environment.PRODUCTION),
          Map.entry(QueueRef.class, () -> JOBS),
          Map.entry(SubjectRef.class, () -> CREATED),
          Map.entry(RpcRef.class, () -> ECHO),
          Map.entry(WorkflowRef.class, () -> BUILD),
          Map.entry(RunEvent.class, () -> PAID),
          Map.entry(ScheduleRef.class, () -> TICK));

  private static final Map<Class<?>, Object> VALUES =
      Map.ofEntries(
          Map.entry(Object.class, "value"),
          Map.entry(boolean.class, false),
          Map.entry(int.class, 1),
          Map.entry(Class.class, String.class),
          Map.entry(TypeRef.class, TypeRef.of(String.class)),
          Map.entry(Duration.class, Duration.ofSeconds(1)),
          Map.entry(Instant.class, Instant.EPOCH),
          Map.entry(URI.class, URI.create("https://w7s.example")),
          Map.entry(AppId.class, APP.id()),
          Map.entry(AppRef.class, APP),
          Map.entry(Environment.class, Environment.PRODUCTION),
          Map.entry(W7sConfig.class, config()),
          Map.entry(W7sConfig.Token.class, W7sConfig.Token.RPC),
          Map.entry(CallOptions.class, CallOptions.defaults()),
          Map.entry(Manifest.class, Manifest.empty()),
          Map.entry(JsonCodec.class, JacksonCodec.create()),
          Map.entry(CronExpression.class, TICK.cron()),
          Map.entry(QueueRef.class, JOBS),
          Map.entry(SubjectRef.class, CREATED),
          Map.entry(RpcRef.class, ECHO),
          Map.entry(WorkflowRef.class, BUILD),
          Map.entry(RunEvent.class, PAID),
          Map.entry(ScheduleRef.class, TICK),
          Map.entry(Backoff.class, Backoff.exponential(Duration.ofSeconds(1), Duration.ofDays(1))),
          Map.entry(SigningSecrets.class, SigningSecrets.local()),
          Map.entry(RequestKind.class, RequestKind.RPC),
          Map.entry(AppRequest.class, new AppRequest("GET", "/", "", Headers.none(), new byte[0])),
          Map.entry(TimeSource.class, TimeSource.system()));

  private static W7sConfig config() {
    return W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build();
  }

  static Stream<Arguments> parameters() {
    return CONFIGURED.keySet().stream()
        .sorted((one, other) -> one.getName().compareTo(other.getName()))
        .flatMap(
            type ->
                callable(type)
                    .flatMap(
                        call ->
                            IntStream.range(0, call.getParameterCount())
                                .filter(i -> isNeverNull(call.getParameters()[i]))
                                .mapToObj(i -> Arguments.of(type, call, i))));
  }

  private static Stream<Executable> callable(Class<?> type) {
    boolean staticOnly = CONFIGURED.get(type).get() instanceof Class;
    Stream<Executable> methods =
        Arrays.stream(type.getMethods())
            .filter(method -> method.getDeclaringClass() != Object.class)
            .filter(method -> !method.isBridge() && !method.getName().equals("equals"))
            .filter(method -> !staticOnly || Modifier.isStatic(method.getModifiers()))
            .map(Executable.class::cast);
    return Stream.concat(methods, Arrays.stream(type.getConstructors()));
  }

  private static boolean isNeverNull(Parameter parameter) {
    return !parameter.getType().isPrimitive()
        && !parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  @ParameterizedTest(name = "{1}, parameter {2}")
  @MethodSource("parameters")
  void refusesNullByName(Class<?> type, Executable call, int nullAt) {
    Object[] arguments = arguments(call);
    arguments[nullAt] = null;

    Throwable thrown = catchThrowable(() -> invoke(type, call, arguments));

    assertThat(thrown).isInstanceOf(NullPointerException.class);
    Parameter parameter = call.getParameters()[nullAt];
    if (parameter.isNamePresent()) {
      assertThat(thrown).hasMessage(parameter.getName());
    }
    assertThat(thrown.getMessage()).matches("[a-zA-Z]+"); // the JVM's own has many words
  }

  private static Object[] arguments(Executable call) {
    Object[] arguments = new Object[call.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      Class<?> type = call.getParameterTypes()[i];
      arguments[i] = type == String.class ? text(call, i) : value(type);
    }
    return arguments;
  }

  private static Object value(Class<?> type) {
    Object value = VALUES.get(type);
    if (value == null && type.isInterface()) {
      return Proxy.newProxyInstance(
          type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
    }
    return value;
  }

  /** Returns text that the method takes, so that only null can be what it refuses. */
  private static String text(Executable call, int index) {
    String what =
        call instanceof Method ? call.getName() : call.getDeclaringClass().getSimpleName();
    return switch (what + " " + index) {
      case "app 0", "localApp 0", "localManifest 0", "eventRouter 0" -> "acme/worker";
      case "rpc 0", "RpcRef 1" -> "GET";
      case "get 0", "post 0", "put 0", "delete 0", "rpc 1" -> "/path";
      case "QueueRef 2", "RpcRef 2", "WorkflowRef 2", "ScheduleRef 1", "of 1" -> "/path";
      case "withPrevious 0" -> SigningSecrets.generate();
      case "of 0" -> call.getDeclaringClass() == ScheduleRef.class ? "* * * * *" : "name";
      default -> "name";
    };
  }

  private static void invoke(Class<?> type, Executable call, Object[] arguments) throws Throwable {
    try {
      if (call instanceof Method method) {
        method.invoke(CONFIGURED.get(type).get(), arguments);
      } else {
        ((Constructor<?>) call).newInstance(arguments);
      }
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }
}
