package io.w7s.sdk.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.ScriptedTransport;
import io.w7s.sdk.SteppedTime;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** docs/json.md shows code that compiles and runs, and no other Java. */
class JsonGuideTest {

  record Job(String sendTo) {}

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Job> JOBS = WORKER.queue("jobs", Job.class);
  private static final QueueRef<Void> TICKS = WORKER.queue("ticks", Void.class);
  private static final SubjectRef<Void> SHOP_OPENED = SubjectRef.of("shop.opened", Void.class);
  private static final WorkflowRef<Void, Void> NIGHTLY =
      WORKER.workflow("nightly", Void.class, Void.class);

  private static final Pattern COMPILED =
      Pattern.compile("( *)// \\[(\\w+)]\n(.*?)\n *// \\[\\2]\n", Pattern.DOTALL);
  private static final Pattern SHOWN = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

  private final List<Job> done = new ArrayList<>();

  @Test
  void showsWhatIsCompiledAndNoOtherJava() throws IOException {
    String code =
        Files.readString(
            Path.of("src/test/java/io/w7s/sdk/guide", getClass().getSimpleName() + ".java"));

    assertThat(SHOWN.matcher(guide()).results().map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            COMPILED
                .matcher(code)
                .results()
                .map(found -> found.group(3).replaceAll("(?m)^" + found.group(1), "").strip())
                .toList());
  }

  @Test
  void sendsWithoutABody() {
    var transport =
        new ScriptedTransport(
            Outcome.success(new SendReceipt(WORKER.id(), "ticks", SteppedTime.START)),
            Outcome.success(
                new PublishReceipt("e1", "shop.opened", WORKER.id(), SteppedTime.START, List.of())),
            Outcome.success(
                new WorkflowInstance(
                    "i1", new WorkflowStatus(State.QUEUED, Optional.empty(), Optional.empty()))));
    try (W7s w7s = W7s.builder(config()).transport(transport).time(new SteppedTime()).build()) {
      // [void]
      w7s.queues().send(TICKS);
      w7s.events().publish(SHOP_OPENED);
      w7s.workflows().start(NIGHTLY);
      // [void]
    }
    assertThat(transport.sent).hasSize(3);
  }

  @Test
  void usesTheMapperForWhatComes() {
    W7sConfig config = config();
    // [mapper]
    JsonMapper mapper =
        JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
    JsonCodec codec = JacksonCodec.of(mapper);
    W7s.Builder w7s = W7s.builder(config).codec(codec);
    W7sApp.Builder worker = W7sApp.builder(WORKER).codec(codec);
    // [mapper]
    var transport =
        new ScriptedTransport(
            Outcome.success(new SendReceipt(WORKER.id(), "jobs", SteppedTime.START)));
    try (W7s client = w7s.transport(transport).time(new SteppedTime()).build()) {
      client.queues().send(JOBS, new Job("ann"));
    }
    assertThat(((QueueSend) transport.sent.get(0)).body())
        .asString(UTF_8)
        .isEqualTo("{\"send_to\":\"ann\"}");
    String delivery =
        "{\"queue\":\"jobs\",\"messages\":[{\"id\":\"m1\",\"attempts\":1,"
            + "\"body\":{\"send_to\":\"ann\"}}]}";

    assertThat(
            worker
                .on(JOBS, message -> done.add(message.body()))
                .build()
                .handle(
                    new AppRequest(
                        "POST", "/_w7s/queues/jobs", "", Headers.none(), delivery.getBytes(UTF_8)))
                .status())
        .isEqualTo(200);
    assertThat(done).containsExactly(new Job("ann"));
  }

  /** What JavaScript makes of a number, as the guide's table has it, is what a double keeps. */
  @Test
  void saysWhatADoubleMakesOfANumber() throws IOException {
    Matcher changed = Pattern.compile("(?:rounded|cut): ([0-9.]+) as ([0-9.]+)").matcher(guide());
    var found = new ArrayList<String>();
    while (changed.find()) {
      assertThat(Double.parseDouble(changed.group(1)))
          .isEqualTo(Double.parseDouble(changed.group(2)));
      assertThat(changed.group(1)).isNotEqualTo(changed.group(2));
      found.add(changed.group(1));
    }
    assertThat(found).hasSize(2);
  }

  private static W7sConfig config() {
    return W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build();
  }

  private static String guide() throws IOException {
    return Files.readString(Path.of("../docs/json.md"));
  }
}
