package io.w7s.sdk.internal.step;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import java.io.IOException;
import java.io.LineNumberReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a log has of a run, for a file: a line of JSON for the run, and one for each of its steps.
 *
 * @param run what it was started with
 * @param state how it stood
 * @param steps its steps, in the order of their positions
 */
public record RecordedRun(NewRun run, RunStatus.State state, List<StepRecord> steps) {

  private static final int VERSION = 1;

  /** The field by which the line of a run is told from that of a step; its value is the version. */
  private static final String MARK = "w7s:run";

  private static final JsonFields RUN =
      JsonFields.of(
          MARK,
          "workflow",
          "instance",
          "state",
          "steps",
          "createdAt",
          "callerApp",
          "callerEnvironment",
          "payload");

  private static final JsonFields STEP =
      JsonFields.of(
          "step", "position", "kind", "type", "state", "attempts", "at", "dueAt", "error", "value");

  /** Copies the steps. */
  public RecordedRun {
    steps = List.copyOf(steps);
  }

  /**
   * Reads a run from a log, whose process may go on with it meanwhile.
   *
   * @return the run; empty when it is not there any more
   */
  public static Optional<RecordedRun> of(StepLog log, RunId id) {
    while (true) {
      Optional<NewRun> run = log.administration().input(id);
      Optional<RunInfo> info = log.administration().find(id);
      if (run.isEmpty() || info.isEmpty()) {
        return Optional.empty();
      }
      List<StepRecord> steps = log.steps(id);
      if (run.equals(log.administration().input(id))) { // it has not begun anew
        return Optional.of(new RecordedRun(run.get(), info.get().state(), steps));
      }
    }
  }

  /** Returns the run with the values that its log has only references to. */
  public RecordedRun with(LargeValues large) {
    return new RecordedRun(
        large.fromLog(run),
        state,
        steps.stream().map(step -> large.fromLog(run.id(), step)).toList());
  }

  /** Writes the run. */
  public void write(Appendable out) throws IOException {
    var line = new JsonWriter(256 + run.payload().utf8().length);
    line.beginObject()
        .field(MARK, VERSION)
        .field("workflow", run.id().workflow())
        .field("instance", run.id().instance())
        .field("state", text(state))
        .field("steps", steps.size())
        .field("createdAt", run.createdAt());
    Caller caller = run.caller();
    if (caller != null) {
      line.field("callerApp", caller.app().toString())
          .field("callerEnvironment", caller.environment().toString());
    }
    line.field("payload", oneLine(run.payload()));
    end(line, out);
    for (StepRecord step : steps) {
      write(step, out);
    }
  }

  private static void write(StepRecord step, Appendable out) throws IOException {
    RawJson value = step.value();
    var line = new JsonWriter(256 + (value == null ? 0 : value.utf8().length));
    line.beginObject()
        .field("step", step.name())
        .field("position", step.position())
        .field("kind", text(step.kind()))
        .field("type", step.type())
        .field("state", text(step.state()))
        .field("attempts", step.attempts())
        .field("at", step.at())
        .field("dueAt", step.dueAt())
        .field("error", step.error());
    if (value != null) {
      line.field("value", oneLine(value));
    }
    end(line, out);
  }

  private static void end(JsonWriter line, Appendable out) throws IOException {
    out.append(new String(line.endObject().toBytes(), StandardCharsets.UTF_8)).append('\n');
  }

  /** Within JSON a line ends only where white space may be. */
  private static JsonSlice oneLine(RawJson json) {
    byte[] line = json.utf8().clone();
    for (int i = 0; i < line.length; i++) {
      if (line[i] == '\n' || line[i] == '\r') {
        line[i] = ' ';
      }
    }
    return JsonSlice.of(line);
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the next run.
   *
   * @return the run; null at the end
   * @throws InvalidInputException when a line is not as {@link #write} has written it; the message
   *     has the number of the line
   */
  public static @Nullable RecordedRun read(LineNumberReader in) throws IOException {
    String line = in.readLine();
    if (line == null) {
      return null;
    }
    Header header = read(line, in.getLineNumber(), RecordedRun::header);
    var steps = new ArrayList<StepRecord>();
    while (steps.size() < header.steps) {
      String step = in.readLine();
      if (step == null) {
        throw new InvalidInputException(
            "recording",
            steps.size() + " steps of the last run",
            header.steps + ", as its first line says");
      }
      steps.add(read(step, in.getLineNumber(), RecordedRun::step));
    }
    return new RecordedRun(header.run, header.state, steps);
  }

  private static <T> T read(String line, int number, Function<JsonReader, T> read) {
    try {
      return JsonReader.read(
          JsonSlice.of(line.getBytes(StandardCharsets.UTF_8)), "recording", read);
    } catch (CodecException | InvalidInputException | IllegalArgumentException unreadable) {
      throw new InvalidInputException(
          "line " + number + " of the recording",
          String.valueOf(unreadable.getMessage()),
          "a line as the export of runs writes it");
    }
  }

  private record Header(NewRun run, RunStatus.State state, int steps) {}

  private static Header header(JsonReader in) {
    int version = 0;
    String workflow = null;
    String instance = null;
    String state = null;
    int steps = 0;
    Instant createdAt = null;
    String app = null;
    String environment = null;
    JsonSlice payload = null;
    in.enterObject();
    for (String name = in.nextField(RUN); name != null; name = in.nextField(RUN)) {
      switch (name) {
        case MARK -> version = number(in);
        case "workflow" -> workflow = in.text();
        case "instance" -> instance = in.text();
        case "state" -> state = in.text();
        case "steps" -> steps = number(in);
        case "createdAt" -> createdAt = in.instantOrNull();
        case "callerApp" -> app = in.text();
        case "callerEnvironment" -> environment = in.text();
        case "payload" -> payload = in.slice();
        default -> in.skip();
      }
    }
    if (version != VERSION) {
      throw in.failure(MARK, "is " + version + ", and this version reads " + VERSION);
    }
    var id = new RunId(in.required("workflow", workflow), in.required("instance", instance));
    Caller caller =
        app == null || environment == null
            ? null
            : new Caller(AppId.parse(app), Environment.of(environment));
    return new Header(
        new NewRun(id, json(in.required("payload", payload)), createdAt, caller),
        constant(RunStatus.State.class, in.required("state", state)),
        steps);
  }

  private static StepRecord step(JsonReader in) {
    String step = null;
    int position = 0;
    String kind = null;
    String type = null;
    String state = null;
    int attempts = 0;
    Instant at = null;
    Instant dueAt = null;
    String error = null;
    JsonSlice value = null;
    in.enterObject();
    for (String name = in.nextField(STEP); name != null; name = in.nextField(STEP)) {
      switch (name) {
        case "step" -> step = in.text();
        case "position" -> position = number(in);
        case "kind" -> kind = in.text();
        case "type" -> type = in.text();
        case "state" -> state = in.text();
        case "attempts" -> attempts = number(in);
        case "at" -> at = in.instantOrNull();
        case "dueAt" -> dueAt = in.instantOrNull();
        case "error" -> error = in.textOrNull();
        case "value" -> value = in.slice();
        default -> in.skip();
      }
    }
    return new StepRecord(
        position,
        in.required("step", step),
        constant(StepRecord.Kind.class, in.required("kind", kind)),
        in.required("type", type),
        constant(StepRecord.State.class, in.required("state", state)),
        attempts,
        value == null ? null : json(value),
        error,
        in.required("at", at),
        dueAt);
  }

  private static int number(JsonReader in) {
    return Integer.parseInt(new String(in.slice().toBytes(), StandardCharsets.US_ASCII).strip());
  }

  private static RawJson json(JsonSlice value) {
    return RawJson.of(value.toBytes());
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
  }
}
