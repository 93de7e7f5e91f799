package io.w7s.sdk.internal.wire;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import io.w7s.sdk.workflow.RunProgress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The response to who asks how far a run of a durable workflow has come. */
public final class ProgressReport {

  private static final JsonFields FIELDS = JsonFields.of("status", "done", "at");

  private ProgressReport() {}

  /** Returns the path below the app where the progress of a run is, as a template. */
  public static String path(String workflowPath) {
    return RunReport.path(workflowPath) + "/progress";
  }

  /**
   * Reads the progress of a run.
   *
   * @throws CodecException when a field is missing or odd; the position is its JSON path
   */
  public static RunProgress read(byte[] json) {
    return JsonReader.read(JsonSlice.of(json), "progress of a run", ProgressReport::read);
  }

  private static RunProgress read(JsonReader in) {
    String status = null;
    OptionalDouble done = OptionalDouble.empty();
    Instant at = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "status" -> status = in.text();
        case "done" -> done = done(in);
        case "at" -> at = in.instantOrNull();
        default -> in.skip();
      }
    }
    try {
      return new RunProgress(in.required("status", status), done, in.required("at", at));
    } catch (InvalidInputException odd) {
      throw in.failure(String.valueOf(odd.getMessage()));
    }
  }

  private static OptionalDouble done(JsonReader in) {
    if (in.skipNull()) {
      return OptionalDouble.empty();
    }
    String number = new String(in.slice().toBytes(), StandardCharsets.UTF_8);
    try {
      return OptionalDouble.of(Double.parseDouble(number));
    } catch (NumberFormatException notANumber) {
      throw in.failure("done", "is not a number");
    }
  }

  /** Writes the progress of a run; null where it has none. */
  public static byte[] toJson(@Nullable RunProgress progress) {
    if (progress == null) {
      return JsonSlice.ofNull().toBytes();
    }
    var out = new JsonWriter(128).beginObject().field("status", progress.status());
    if (progress.done().isPresent()) {
      String done = Double.toString(progress.done().getAsDouble());
      out.field("done", JsonSlice.of(done.getBytes(StandardCharsets.UTF_8)));
    }
    return out.field("at", progress.at()).endObject().toBytes();
  }
}
