package io.w7s.sdk.internal.json;

import io.w7s.sdk.error.CodecException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/** Turns what Jackson 3 throws into a {@link CodecException}. */
public final class JacksonFailure {

  private JacksonFailure() {}

  /** Returns the exception for JSON that could not be read. */
  public static CodecException reading(String type, JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    String lineAndColumn =
        at == null ? null : JsonPlace.lineAndColumn(at.getLineNr(), at.getColumnNr());
    JsonPlace path = path(e.getPath(), e instanceof UnrecognizedPropertyException);
    return JsonErrors.notRead(type, path.with(lineAndColumn), reason(e), e);
  }

  /** Returns the exception for a value that could not be written. */
  public static CodecException writing(String type, JacksonException e) {
    return JsonErrors.notWritten(type, path(e.getPath(), false), e.getOriginalMessage(), e);
  }

  private static JsonPlace path(
      List<JacksonException.Reference> references, boolean lastIsContent) {
    var place = new JsonPlace();
    for (int i = 0; i < references.size(); i++) {
      JacksonException.Reference step = references.get(i);
      if (step.getIndex() >= 0) {
        place.element(step.getIndex());
      } else if (lastIsContent && i == references.size() - 1) {
        place.anyField();
      } else {
        place.field(step.from(), step.getPropertyName());
      }
    }
    return place;
  }

  private static String reason(JacksonException e) {
    if (e instanceof InputCoercionException number) {
      return JsonErrors.number(number.getTargetType());
    }
    if (e instanceof UnexpectedEndOfInputException) {
      return JsonErrors.TOO_SHORT;
    }
    if (e instanceof StreamReadException) {
      return JsonErrors.NOT_JSON;
    }
    if (e instanceof StreamConstraintsException) {
      return JsonErrors.TOO_LARGE;
    }
    if (e instanceof InvalidTypeIdException subtype) {
      return JsonErrors.subtype(subtype.getBaseType().getRawClass());
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      return JsonErrors.unknownField(unknown.getReferringClass(), unknown.getKnownPropertyIds());
    }
    return JsonErrors.library(e.getOriginalMessage())
        .orElseGet(() -> JsonErrors.reading(target(e), e.getCause()));
  }

  private static @Nullable Class<?> target(JacksonException e) {
    if (e instanceof ValueInstantiationException refused) {
      return refused.getType().getRawClass();
    }
    return e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
  }
}
