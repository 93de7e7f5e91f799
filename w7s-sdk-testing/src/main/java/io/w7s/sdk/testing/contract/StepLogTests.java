package io.w7s.sdk.testing.contract;

import static java.time.Duration.ofSeconds;

import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepRecord.Kind;
import io.w7s.sdk.step.StepRecord.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the tests of a log of durable workflows share. Each works with a workflow of its own. */
abstract class StepLogTests {

  static final Duration LEASE = ofSeconds(30);

  final String workflow = "acme/shop/" + UUID.randomUUID();
  final List<String> workflows = List.of(workflow, "acme/shop/another");

  protected abstract StepLog log();

  protected abstract void pass(Duration time);

  NewRun run(String instance) {
    return new NewRun(new RunId(workflow, instance), RawJson.of("{\"id\":1}"), null, null);
  }

  HeldRun start(String instance) {
    return log().start(run(instance), LEASE).orElseThrow();
  }

  RunStatus status(HeldRun run) {
    return log().status(run.id()).orElseThrow();
  }

  static StepRecord step(HeldRun run, int position, String name, @Nullable String value) {
    return new StepRecord(
        position,
        name,
        Kind.RUN,
        "String",
        State.DONE,
        1,
        value == null ? null : RawJson.of(value),
        null,
        run.now(),
        null);
  }

  static EventRecord event(String name, String id, String value) {
    return new EventRecord(name, id, RawJson.of(value));
  }

  Optional<EventRecord> next(HeldRun run, String event) {
    return log().nextEvent(run.id(), event);
  }
}
