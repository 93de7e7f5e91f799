package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * The caller in an envelope: {@code {"orgSlug","repoSlug","repository","environment"}}, or null. A
 * batch mostly comes from one caller, so one that repeats the last is not read again. Used by one
 * thread, for one envelope.
 */
final class CallerJson {

  private @Nullable JsonSlice lastJson;
  private @Nullable Caller last;
  private int lastFrom;
  private int lastTo;

  @Nullable Caller readOrNull(JsonReader in) {
    if (in.isNull()) {
      return null;
    }
    if (lastJson != null && in.repeats(lastJson)) {
      in.skip();
      return last;
    }
    int start = in.start();
    last = read(in);
    lastJson = in.sliceFrom(start);
    return last;
  }

  private static Caller read(JsonReader in) {
    String orgSlug = null;
    String repoSlug = null;
    String environment = null;
    in.enterObject();
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      switch (name) {
        case "orgSlug" -> orgSlug = in.text();
        case "repoSlug" -> repoSlug = in.text();
        case "environment" -> environment = in.text();
        default -> in.skip(); // repository says again what the two slugs say
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

  /** Writes the field; nothing when there is no caller. */
  void write(JsonWriter out, @Nullable Caller caller) {
    if (caller == null) {
      return;
    }
    if (caller.equals(last)) {
      out.repeat(lastFrom, lastTo);
      return;
    }
    last = caller;
    lastFrom = out.size();
    writeApp(out.name("caller").beginObject(), caller.app(), caller.environment()).endObject();
    lastTo = out.size();
  }

  /** Writes the four fields by which envelopes name an app, into the object that is open. */
  static JsonWriter writeApp(JsonWriter out, AppId app, Environment environment) {
    return out.field("orgSlug", app.owner())
        .field("repoSlug", app.repo())
        .field("repository", app.toString())
        .field("environment", environment.name());
  }
}
