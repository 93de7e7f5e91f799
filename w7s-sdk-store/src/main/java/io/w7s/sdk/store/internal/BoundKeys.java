package io.w7s.sdk.store.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the keys of a KV namespace.
 *
 * @param cursor where the next one begins; null where there is none
 */
public record BoundKeys(List<String> keys, @Nullable String cursor) {

  /** Refuses null, also within. */
  public BoundKeys {
    keys = List.copyOf(keys);
  }
}
