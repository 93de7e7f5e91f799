package io.w7s.sdk.internal.call;

import io.w7s.sdk.AppId;
import io.w7s.sdk.CallOptions;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.RoundedNumbers;
import io.w7s.sdk.internal.text.PlatformLimits;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.TimeSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the four clients of one app share.
 *
 * @param app the app that calls
 * @param pipeline sends the calls
 * @param codec writes and reads bodies
 * @param defaults the options that each call starts from
 * @param roundedNumbersAllowed whether numbers that the platform cannot keep are sent
 * @param largeBodies what moves large bodies into blobs; null where they are refused
 */
public record ClientContext(
    AppId app,
    CallPipeline pipeline,
    JsonCodec codec,
    CallOptions defaults,
    boolean roundedNumbersAllowed,
    @Nullable LargeBodies largeBodies) {

  TimeSource time() {
    return pipeline.time();
  }

  /**
   * Writes the payload of a workflow.
   *
   * @throws InvalidInputException when it is over the platform's limit, when it is null though the
   *     type is not {@code Void}, or when it has a number that the platform cannot keep
   */
  byte[] encode(String field, @Nullable Object body, TypeRef<?> type) {
    return exact(field, fitting(field, write(field, body, type)));
  }

  /**
   * Writes the body of a message or an event. A large one becomes a reference to a blob, where
   * there is a store for it.
   *
   * @param first takes what has to be stored before the body is sent
   * @throws InvalidInputException as {@link #encode}; where there is a store, its limit counts
   */
  byte[] encode(
      String field,
      @Nullable Object body,
      TypeRef<?> type,
      Consumer<? super LargeBodies.Upload> first) {
    if (largeBodies == null) {
      return encode(field, body, type);
    }
    byte[] json = write(field, body, type);
    if (!largeBodies.isToBeMoved(json)) {
      return exact(field, json);
    }
    LargeBodies.Upload upload = largeBodies.upload(field, json, time().random());
    exact(field, json); // as the same rule for bodies of all sizes
    first.accept(upload);
    return upload.reference();
  }

  /**
   * Writes a body.
   *
   * @throws InvalidInputException when it is null though the type is not {@code Void}
   */
  byte[] write(String field, @Nullable Object body, TypeRef<?> type) {
    if (body == null && !Bodies.isVoid(type)) {
      throw new InvalidInputException(field, "null", "a value: only a body of type Void is null");
    }
    return Bodies.write(codec, body, type);
  }

  /** Returns a body, unless it has a number that the platform cannot keep. */
  private byte[] exact(String field, byte[] json) {
    if (!roundedNumbersAllowed) {
      requireExactNumbers(field, json);
    }
    return json;
  }

  private static void requireExactNumbers(String field, byte[] json) {
    RoundedNumbers.Found found = RoundedNumbers.first(json);
    if (found != null) {
      throw new InvalidInputException(
          field + " at " + found.path(),
          found.kind(),
          "a number that the platform does not change: send it as text, or allow it with"
              + " W7s.Builder.allowRoundedNumbers");
    }
  }

  /**
   * Returns a body.
   *
   * @throws InvalidInputException when it is over the platform's limit
   */
  static byte[] fitting(String field, byte[] json) {
    if (json.length > PlatformLimits.MAX_BODY_BYTES) {
      throw new InvalidInputException(
          field, json.length + " bytes of JSON", "at most " + PlatformLimits.MAX_BODY_BYTES);
    }
    return json;
  }
}
