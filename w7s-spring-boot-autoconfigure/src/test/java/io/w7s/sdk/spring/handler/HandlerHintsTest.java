package io.w7s.sdk.spring.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.RpcHandler;
import io.w7s.sdk.spring.internal.actuator.W7sEndpoint;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

/** What a native image has to know of handlers. */
class HandlerHintsTest {

  record Job(String name) {}

  record Result(Part part) {}

  record Part(int n) {}

  static class Handlers {
    @QueueHandler("jobs")
    void run(QueueMessage<List<Job>> message) {}

    @RpcHandler(path = "/result")
    Result result() {
      return new Result(new Part(1));
    }
  }

  @Test
  void aHandlerCanBeCalledAndItsBodiesReadAndWritten() {
    var hints = new RuntimeHints();

    new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, Handlers.class);

    for (String method : List.of("run", "result")) {
      assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Handlers.class, method))
          .as(method)
          .accepts(hints);
    }
    for (Class<?> body : List.of(Job.class, Result.class, Part.class)) {
      assertThat(
              RuntimeHintsPredicates.reflection()
                  .onType(body)
                  .withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
          .as(body.getName())
          .accepts(hints);
    }
    assertThat(RuntimeHintsPredicates.reflection().onType(QueueMessage.class)).rejects(hints);
  }

  @Test
  void whatTheEndpointReturnsIsWritten() {
    var hints = new RuntimeHints();

    new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, W7sEndpoint.class);

    assertThat(
            RuntimeHintsPredicates.reflection().onMethodInvocation(W7sEndpoint.class, "topology"))
        .accepts(hints);
    for (Class<?> part :
        List.of(W7sEndpoint.Topology.class, W7sEndpoint.Handled.class, W7sEndpoint.Limit.class)) {
      assertThat(RuntimeHintsPredicates.reflection().onType(part))
          .as(part.getName())
          .accepts(hints);
    }
  }
}
