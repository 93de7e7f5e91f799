package io.w7s.sdk.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.PropertyMetadata;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.CreatorProperty;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.ValueInstantiators;
import com.fasterxml.jackson.databind.deser.impl.PropertyValueBuffer;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.introspect.AnnotationMap;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.NumberSerializers;
import com.fasterxml.jackson.databind.ser.std.StdArraySerializers;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.ClassUtil;
import io.w7s.sdk.internal.json.JsonErrors;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Where Jackson 2 cannot be set to follow the rules of {@link JsonCodec}: a missing primitive is
 * zero though null is refused for it, the last of two equal fields of a record counts, and NaN and
 * infinite numbers are refused.
 */
final class Jackson2Rules extends SimpleModule {

  private static final long serialVersionUID = 1L;

  Jackson2Rules() {
    super("Jackson2Rules");
    addSerializer(Double.class, new Doubles(Double.class));
    addSerializer(Double.TYPE, new Doubles(Double.TYPE));
    addSerializer(Float.class, new Floats());
    addSerializer(Float.TYPE, new Floats());
    addSerializer(double[].class, new DoubleArrays());
    addSerializer(float[].class, new FloatArrays());
    addSerializer(OptionalDouble.class, new OptionalDoubles());
  }

  @Override
  public void setupModule(SetupContext context) {
    super.setupModule(context);
    context.addDeserializers(new Primitives());
    context.addValueInstantiators(new Creators());
  }

  private static final class Primitives extends Deserializers.Base {
    @Override
    public @Nullable JsonDeserializer<?> findBeanDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription description) {
      JsonDeserializer<?> found =
          type.isPrimitive()
              ? NumberDeserializers.find(type.getRawClass(), type.getRawClass().getName())
              : null;
      return found == null ? null : new Primitive(found);
    }
  }

  /** Reads a primitive, and gives zero where Jackson 2 would treat a missing value as null. */
  private static final class Primitive extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;

    Primitive(JsonDeserializer<?> delegate) {
      super(delegate);
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> delegate) {
      return new Primitive(delegate);
    }

    @Override
    public Object getAbsentValue(DeserializationContext context) {
      return ClassUtil.defaultValue(handledType());
    }
  }

  private static final class Creators extends ValueInstantiators.Base {
    @Override
    public ValueInstantiator findValueInstantiator(
        DeserializationConfig config, BeanDescription description, ValueInstantiator found) {
      return found.canCreateFromObjectWith() ? new PatientCreator(found) : found;
    }
  }

  /**
   * Asks for one argument more than the creator has, which no JSON gives. Jackson 2 calls a creator
   * as soon as it has all arguments, and could not change the value for a field that comes again;
   * so it waits for the end of the object.
   */
  private static final class PatientCreator extends ValueInstantiator.Delegating {
    private static final long serialVersionUID = 1L;

    PatientCreator(ValueInstantiator delegate) {
      super(delegate);
    }

    @Override
    public ValueInstantiator createContextual(
        DeserializationContext context, BeanDescription description) {
      return this;
    }

    @Override
    public SettableBeanProperty[] getFromObjectArguments(DeserializationConfig config) {
      SettableBeanProperty[] arguments = delegate().getFromObjectArguments(config);
      SettableBeanProperty[] more = Arrays.copyOf(arguments, arguments.length + 1);
      more[arguments.length] =
          CreatorProperty.construct(
              PropertyName.construct("\u0000no field"),
              TypeFactory.unknownType(),
              null,
              null,
              new AnnotationMap(),
              null,
              arguments.length,
              null,
              PropertyMetadata.STD_OPTIONAL);
      return more;
    }

    @Override
    public Object createFromObjectWith(
        DeserializationContext context,
        SettableBeanProperty[] properties,
        PropertyValueBuffer values)
        throws IOException {
      Object[] arguments = values.getParameters(properties);
      return delegate()
          .createFromObjectWith(context, Arrays.copyOf(arguments, arguments.length - 1));
    }
  }

  private static void requireFinite(double number, SerializerProvider provider) throws IOException {
    if (!Double.isFinite(number)) {
      provider.reportMappingProblem(JsonErrors.NOT_FINITE);
    }
  }

  private static final class Doubles extends NumberSerializers.DoubleSerializer {
    private static final long serialVersionUID = 1L;

    Doubles(Class<?> type) {
      super(type);
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      requireFinite((Double) value, provider);
      super.serialize(value, out, provider);
    }
  }

  private static final class Floats extends NumberSerializers.FloatSerializer {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(Object value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      requireFinite((Float) value, provider);
      super.serialize(value, out, provider);
    }
  }

  /** Not a DoubleArraySerializer, which cannot be made to look at the numbers. */
  private static final class DoubleArrays extends StdSerializer<double[]> {
    private static final long serialVersionUID = 1L;

    DoubleArrays() {
      super(double[].class);
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, double[] value) {
      return value.length == 0;
    }

    @Override
    public void serialize(double[] value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      for (double number : value) {
        requireFinite(number, provider);
      }
      out.writeArray(value, 0, value.length);
    }
  }

  private static final class FloatArrays extends StdArraySerializers.FloatArraySerializer {
    private static final long serialVersionUID = 1L;

    @Override
    public void serializeContents(float[] value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      for (float number : value) {
        requireFinite(number, provider);
      }
      super.serializeContents(value, out, provider);
    }
  }

  private static final class OptionalDoubles extends StdSerializer<OptionalDouble> {
    private static final long serialVersionUID = 1L;

    OptionalDoubles() {
      super(OptionalDouble.class);
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, OptionalDouble value) {
      return value.isEmpty();
    }

    @Override
    public void serialize(OptionalDouble value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (value.isPresent()) {
        requireFinite(value.getAsDouble(), provider);
        out.writeNumber(value.getAsDouble());
      } else {
        out.writeNull();
      }
    }
  }
}
