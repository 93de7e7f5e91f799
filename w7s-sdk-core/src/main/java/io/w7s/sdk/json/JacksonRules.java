package io.w7s.sdk.json;

import io.w7s.sdk.internal.json.JsonErrors;
import java.time.Month;
import java.util.OptionalDouble;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.jdk.JDKArraySerializers;
import tools.jackson.databind.ser.jdk.NumberSerializers;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.ser.std.ToStringSerializer;

/**
 * Where Jackson 3 cannot be set to follow the rules of {@link JsonCodec}: NaN and infinite numbers
 * are refused, and a month is its name.
 */
final class JacksonRules extends SimpleModule {

  private static final long serialVersionUID = 1L;

  JacksonRules() {
    super("JacksonRules");
    addSerializer(Double.class, new Doubles(Double.class));
    addSerializer(Double.TYPE, new Doubles(Double.TYPE));
    addSerializer(Float.class, new Floats());
    addSerializer(Float.TYPE, new Floats());
    addSerializer(double[].class, new DoubleArrays());
    addSerializer(float[].class, new FloatArrays());
    addSerializer(OptionalDouble.class, new OptionalDoubles());
    addSerializer(Month.class, new ToStringSerializer(Month.class));
  }

  private static void requireFinite(double number, SerializationContext context) {
    if (!Double.isFinite(number)) {
      context.reportMappingProblem(JsonErrors.NOT_FINITE);
    }
  }

  private static final class Doubles extends NumberSerializers.DoubleSerializer {
    Doubles(Class<?> type) {
      super(type);
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializationContext context) {
      requireFinite((Double) value, context);
      super.serialize(value, out, context);
    }
  }

  private static final class Floats extends NumberSerializers.FloatSerializer {
    @Override
    public void serialize(Object value, JsonGenerator out, SerializationContext context) {
      requireFinite((Float) value, context);
      super.serialize(value, out, context);
    }
  }

  private static final class DoubleArrays extends JDKArraySerializers.DoubleArraySerializer {
    @Override
    public void serialize(double[] value, JsonGenerator out, SerializationContext context) {
      for (double number : value) {
        requireFinite(number, context);
      }
      super.serialize(value, out, context);
    }
  }

  private static final class FloatArrays extends JDKArraySerializers.FloatArraySerializer {
    @Override
    public void serializeContents(float[] value, JsonGenerator out, SerializationContext context) {
      for (float number : value) {
        requireFinite(number, context);
      }
      super.serializeContents(value, out, context);
    }
  }

  private static final class OptionalDoubles extends StdSerializer<OptionalDouble> {
    OptionalDoubles() {
      super(OptionalDouble.class);
    }

    @Override
    public boolean isEmpty(SerializationContext context, OptionalDouble value) {
      return value.isEmpty();
    }

    @Override
    public void serialize(OptionalDouble value, JsonGenerator out, SerializationContext context) {
      if (value.isPresent()) {
        requireFinite(value.getAsDouble(), context);
        out.writeNumber(value.getAsDouble());
      } else {
        out.writeNull();
      }
    }
  }
}
