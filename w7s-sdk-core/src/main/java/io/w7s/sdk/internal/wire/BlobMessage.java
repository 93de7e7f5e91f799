package io.w7s.sdk.internal.wire;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The body of a message, or the data of an event, in place of one that is in a blob: {@code
 * {"w7s:blob":{"id","size","sha256"}}}. The platform keeps the order of fields and adds no space,
 * so that the first bytes tell it from any other body.
 */
public final class BlobMessage {

  private static final String NAME = "w7s:blob";
  private static final JsonFields OUTER = JsonFields.of(NAME);
  private static final JsonFields FIELDS = JsonFields.of("id", "size", "sha256");
  private static final byte[] MARK = ("{\"" + NAME + "\":").getBytes(StandardCharsets.US_ASCII);

  private static final int MAX_LENGTH =
      "{'w7s:blob':{'id':'','size':1234567890,'sha256':''}}".length() + 36 + 64;

  private BlobMessage() {}

  /** Returns whether a body begins as one in place of another, whatever follows. */
  public static boolean isMarked(JsonSlice body) {
    return body.startsWith(MARK);
  }

  /** Reads the reference; null when the body is any other. */
  public static @Nullable BlobRef read(JsonSlice body) {
    if (body.length() > MAX_LENGTH || !isMarked(body)) {
      return null;
    }
    try {
      BlobRef blob = JsonReader.read(body, NAME, BlobMessage::readOuter);
      // What was written in another way may mean something else.
      return JsonSlice.of(toJson(blob)).equals(body) ? blob : null;
    } catch (CodecException | InvalidInputException other) {
      return null;
    }
  }

  private static BlobRef readOuter(JsonReader in) {
    BlobRef read = null;
    in.enterObject();
    for (String name = in.nextField(OUTER); name != null; name = in.nextField(OUTER)) {
      if (name.equals(NAME)) {
        read = readRef(in);
      } else {
        in.skip();
      }
    }
    return in.required(NAME, read);
  }

  private static BlobRef readRef(JsonReader in) {
    String id = null;
    int size = 0;
    String sha256 = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "id" -> id = in.text();
        case "size" -> size = in.positiveInt();
        case "sha256" -> sha256 = in.text();
        default -> in.skip();
      }
    }
    return new BlobRef(in.required("id", id), size, in.required("sha256", sha256));
  }

  /** Writes the body. */
  public static byte[] toJson(BlobRef blob) {
    return new JsonWriter(MAX_LENGTH)
        .beginObject()
        .name(NAME)
        .beginObject()
        .field("id", blob.id())
        .field("size", blob.size())
        .field("sha256", blob.sha256())
        .endObject()
        .endObject()
        .toBytes();
  }
}
