package io.w7s.sdk.store.internal;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the objects of an R2 bucket.
 *
 * @param cursor where the next one begins; null where there is none
 */
public record BoundObjects(List<StoredObject> objects, @Nullable String cursor) {

  /** Refuses null, also within. */
  public BoundObjects {
    objects = List.copyOf(objects);
  }

  /**
   * An object.
   *
   * @param uploaded when it was stored, in milliseconds since 1970
   */
  public record StoredObject(String key, long uploaded) {

    /** Refuses an object without a key. */
    public StoredObject {
      requireNonNull(key, "key");
    }
  }
}
