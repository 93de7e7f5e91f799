package io.w7s.sdk.json;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonErrors;
import org.jspecify.annotations.Nullable;

/**
 * What there is to read where there is no JSON: an answer without a body is fine for those who want
 * none.
 */
final class EmptyBody {

  private EmptyBody() {}

  @SuppressWarnings("NullAway") // null is the one value of Void
  static <T extends @Nullable Object> T value(TypeRef<T> type) {
    if (type.type() == Void.class) {
      return null;
    }
    throw new CodecException(type.toString(), null, JsonErrors.EMPTY, null);
  }
}
