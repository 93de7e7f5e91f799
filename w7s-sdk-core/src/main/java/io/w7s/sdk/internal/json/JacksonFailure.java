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
import tools.jackson.databind.exc.ValueInstantiationException;

/**
 * Turns what Jackson 3 throws into a {@link CodecException}. Jackson's own words repeat the JSON,
 * so they are not used.
 */
public final class JacksonFailure {

  private JacksonFailure() {}

  /** The JSON could not be read. */
  public static CodecException reading(String type, JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    String lineAndColumn =
        at == null ? null : JsonPlace.lineAndColumn(at.getLineNr(), at.getColumnNr());
    return new CodecException(type, path(e.getPath()).with(lineAndColumn), reason(e), e);
  }

  /** The value could not be written. */
  public static CodecException writing(String type, JacksonException e) {
    return new CodecException(
        type, null, "could not be written, at " + path(e.getPath()) + " of the value", e);
  }

  private static JsonPlace path(List<JacksonException.Reference> references) {
    var place = new JsonPlace();
    for (JacksonException.Reference step : references) {
      if (step.getIndex() >= 0) {
        place.element(step.getIndex());
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
    if (e instanceof ValueInstantiationException refused) {
      return JsonErrors.refused(refused.getType().getRawClass(), e.getCause());
    }
    @Nullable Class<?> target =
        e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
    return JsonErrors.value(target);
  }
}
