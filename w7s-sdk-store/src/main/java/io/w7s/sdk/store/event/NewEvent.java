package io.w7s.sdk.store.event;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.JsonData;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event that is to be stored, with nothing left open. */
record NewEvent(String id, String subject, Instant time, byte[] json, EventOptions<?> options) {

  static NewEvent of(
      String subject,
      JsonCodec codec,
      @Nullable Object data,
      TypeRef<?> type,
      EventOptions<?> options,
      TimeSource clock) {
    options.check();
    if (data == null && type.type() != Void.class) {
      throw new InvalidInputException(
          "event data", "null", "a value: only data of type Void is null");
    }
    byte[] json = JsonData.write(codec, data, type);
    if (json.length > EventStore.MAX_JSON_BYTES) {
      throw new InvalidInputException(
          "event data",
          json.length + " bytes of JSON",
          "at most " + EventStore.MAX_JSON_BYTES + "; keep larger data elsewhere");
    }
    return new NewEvent(
        options.id().orElseGet(() -> random(clock)),
        subject,
        options.time().orElseGet(() -> Instant.ofEpochMilli(clock.now().toEpochMilli())),
        json,
        options);
  }

  private static String random(TimeSource clock) {
    long high = (clock.random().nextLong() & ~0xf000L) | 0x4000L; // version 4
    long low = (clock.random().nextLong() & ~(3L << 62)) | (1L << 63); // of RFC 9562
    return new UUID(high, low).toString();
  }
}
