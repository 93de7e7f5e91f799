package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the caller in an envelope: {@code {"orgSlug","repoSlug","repository",
 * "environment"}}, or null. The messages of a batch often have the same caller, so one that equals
 * the previous one is neither read nor written again. Used by one thread, for one envelope.
 */
final class CallerJson {

  private static final JsonFields FIELDS =
      JsonFields.of("orgSlug", "repoSlug", "repository", "environment");

  private @Nullable JsonSlice lastJson;
  private @Nullable Caller last;
  private int lastFrom;
  private int lastTo;

  @Nullable Caller readOrNull(JsonReader in) {
    if (in.skipNull()) {
      return null;
    }
    if (lastJson != null && in.skipRepeated(lastJson)) {
      return last;
    }
    int start = in.position();
    last = read(in);
    lastJson = in.sliceFrom(start);
    return last;
  }

  private static Caller read(JsonReader in) {
    String orgSlug = null;
    String repoSlug = null;
    String environment = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "orgSlug" -> orgSlug = in.text();
        case "repoSlug" -> repoSlug = in.text();
        case "environment" -> environment = in.text();
        default -> in.skip(); // the repository repeats the two slugs
      }
    }
    try {
      return new Caller(
          new AppId(in.required("orgSlug", orgSlug), in.required("repoSlug", repoSlug)),
          new Environment(in.required("environment", environment)));
    } catch (InvalidInputException e) {
      throw in.failure("must be an app and its environment");
    }
  }

  /** Writes the field {@code caller}, as {@code null} when there is none. */
  void writeOrNull(JsonWriter out, @Nullable Caller caller) {
    if (caller == null) {
      out.field("caller", JsonSlice.ofNull());
    } else {
      write(out, caller);
    }
  }

  /** Writes the field {@code caller}. */
  void write(JsonWriter out, Caller caller) {
    if (caller.equals(last)) {
      out.repeat(lastFrom, lastTo);
      return;
    }
    last = caller;
    lastFrom = out.size();
    writeApp(out.name("caller").beginObject(), caller.app(), caller.environment()).endObject();
    lastTo = out.size();
  }

  /** Writes the fields by which envelopes name an app, into the object that is open. */
  static JsonWriter writeApp(JsonWriter out, AppId app, Environment environment) {
    return writeApp(out, app).field("environment", environment.name());
  }

  /** Writes the fields that name an app in any environment, into the object that is open. */
  static JsonWriter writeApp(JsonWriter out, AppId app) {
    return out.field("orgSlug", app.owner())
        .field("repoSlug", app.repo())
        .field("repository", app.toString());
  }
}
