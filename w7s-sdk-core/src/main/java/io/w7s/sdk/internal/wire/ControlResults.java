package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.json.JsonWriter;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.Output;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The data in successes of the control plane; that of a publish is {@link PublishResult}. */
public final class ControlResults {

  private static final JsonFields SENT = JsonFields.of("queue", "enqueuedAt", "result");
  private static final JsonFields STARTED = JsonFields.of("workflow", "instance", "createdAt");
  private static final JsonFields INSTANCE = JsonFields.of("id", "status");
  private static final JsonFields STATUS = JsonFields.of("status", "output", "error");
  private static final JsonFields OUTPUT = JsonFields.of("status", "contentType", "body");
  private static final JsonFields ERROR = JsonFields.of("name", "message");

  private ControlResults() {}

  /**
   * Reads the data of a success; returns null when the body is not a success.
   *
   * @throws CodecException when the data is not what the reader wants
   */
  public static <R> @Nullable R read(byte[] body, Function<JsonSlice, R> reader) {
    return ControlResponse.read(body).orElse(null) instanceof ControlResponse.Success success
        ? reader.apply(success.data())
        : null;
  }

  /**
   * Reads {@code {"queue":{...},"enqueuedAt","result":{...}}}.
   *
   * @throws CodecException when it is not that
   */
  public static SendReceipt sent(QueueSend send, JsonSlice data) {
    return JsonReader.read(
        data,
        "queue receipt",
        in -> {
          Instant enqueuedAt = null;
          in.enterObject();
          for (String name = in.nextField(SENT); name != null; name = in.nextField(SENT)) {
            if (name.equals("enqueuedAt")) {
              enqueuedAt = in.instantOrNull();
            } else {
              in.skip();
            }
          }
          return new SendReceipt(send.app(), send.queue(), in.required("enqueuedAt", enqueuedAt));
        });
  }

  /** Writes {@code {"queue":{...},"enqueuedAt","result":{...}}}. */
  public static JsonSlice toJson(SendReceipt receipt) {
    var out = new JsonWriter(256);
    writeName(out.beginObject().name("queue"), receipt.app(), receipt.queue());
    out.field("enqueuedAt", receipt.enqueuedAt()).name("result").beginObject();
    out.name("metadata").beginObject().name("metrics").beginObject();
    return JsonSlice.of(out.endObject().endObject().endObject().endObject().toBytes());
  }

  /**
   * Writes {@code {"workflow":{...},"instance":{"id","status":{"status","output"?,"error"?}},
   * "createdAt"?}}.
   *
   * @param createdAt when the instance was started; null to leave it out
   */
  public static JsonSlice toJson(
      AppId app, String workflow, WorkflowInstance instance, @Nullable Instant createdAt) {
    var out = new JsonWriter(512);
    writeName(out.beginObject().name("workflow"), app, workflow);
    out.name("instance").beginObject().field("id", instance.id());
    out.field("status", status(instance.status())).endObject();
    return JsonSlice.of(out.field("createdAt", createdAt).endObject().toBytes());
  }

  private static void writeName(JsonWriter out, AppId app, String name) {
    out.beginObject().field("owner", app.owner()).field("repo", app.repo());
    out.field("name", name).endObject();
  }

  /** The output is an app's response, cut to a length: it may end in half a character. */
  private static JsonSlice status(WorkflowStatus status) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("status", status.state().word());
    status
        .output()
        .ifPresent(
            output -> {
              var shown = new LinkedHashMap<String, Object>();
              shown.put("status", output.status());
              shown.put("contentType", output.contentType());
              shown.put("body", output.body());
              fields.put("output", shown);
            });
    status
        .error()
        .ifPresent(
            message -> {
              var shown = new LinkedHashMap<String, Object>(); // in order, unlike Map.of
              shown.put("name", "Error");
              shown.put("message", message);
              fields.put("error", shown);
            });
    return JsonSlice.of(JsonValues.write(fields).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads {@code {"workflow":{...},"instance":{"id","status":{"status","output"?,"error"?}}}}.
   *
   * @throws CodecException when it is not that
   */
  public static WorkflowInstance instance(JsonSlice data) {
    return JsonReader.read(
        data,
        "workflow response",
        in -> {
          WorkflowInstance instance = null;
          in.enterObject();
          for (String name = in.nextField(STARTED); name != null; name = in.nextField(STARTED)) {
            if (name.equals("instance")) {
              instance = readInstance(in);
            } else {
              in.skip();
            }
          }
          return in.required("instance", instance);
        });
  }

  private static WorkflowInstance readInstance(JsonReader in) {
    String id = null;
    WorkflowStatus status = null;
    in.enterObject();
    for (String name = in.nextField(INSTANCE); name != null; name = in.nextField(INSTANCE)) {
      switch (name) {
        case "id" -> id = in.text();
        case "status" -> status = readStatus(in);
        default -> in.skip();
      }
    }
    return new WorkflowInstance(in.required("id", id), in.required("status", status));
  }

  private static WorkflowStatus readStatus(JsonReader in) {
    String state = null;
    Output output = null;
    String error = null;
    in.enterObject();
    for (String name = in.nextField(STATUS); name != null; name = in.nextField(STATUS)) {
      switch (name) {
        case "status" -> state = in.text();
        case "output" -> output = readOutput(in);
        case "error" -> error = readError(in);
        default -> in.skip();
      }
    }
    return new WorkflowStatus(
        State.of(in.required("status", state)),
        Optional.ofNullable(output),
        Optional.ofNullable(error));
  }

  private static @Nullable Output readOutput(JsonReader in) {
    if (in.skipNull()) {
      return null;
    }
    Integer status = null;
    String contentType = null;
    String body = null;
    in.enterObject();
    for (String name = in.nextField(OUTPUT); name != null; name = in.nextField(OUTPUT)) {
      switch (name) {
        case "status" -> status = in.positiveInt();
        case "contentType" -> contentType = in.textOrNull();
        case "body" -> body = in.textOrNull();
        default -> in.skip();
      }
    }
    return new Output(
        in.required("status", status),
        contentType == null ? "" : contentType,
        body == null ? "" : body);
  }

  /** Reads text, or the message of {@code {"name","message"}}. */
  private static @Nullable String readError(JsonReader in) {
    if (!in.isObject()) {
      return in.textOrNull();
    }
    String message = null;
    in.enterObject();
    for (String name = in.nextField(ERROR); name != null; name = in.nextField(ERROR)) {
      if (name.equals("message")) {
        message = in.textOrNull();
      } else {
        in.skip();
      }
    }
    return message;
  }
}
