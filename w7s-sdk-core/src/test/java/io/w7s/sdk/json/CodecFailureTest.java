package io.w7s.sdk.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.json.Samples.Item;
import io.w7s.sdk.json.Samples.Order;
import io.w7s.sdk.json.Samples.Shape;
import io.w7s.sdk.json.Samples.Status;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the codecs say of a failure, and what they never say. */
@ParameterizedClass(name = "{0}")
@MethodSource("codecs")
class CodecFailureTest {

  /** Must not be found in any exception, in whatever form it was in the JSON. */
  private static final String SECRET = "hunter2";

  @Parameter JsonCodec codec;

  static Stream<Named<JsonCodec>> codecs() {
    return Codecs.all();
  }

  // ---- The library's own reason

  /** Has two constructors, of which none is marked as the creator. */
  public static final class NoCreator {
    final int count;

    public NoCreator(int count, int more) {
      this.count = count + more;
    }

    public NoCreator(String count, int more) {
      this(Integer.parseInt(count), more);
    }
  }

  public interface Undecided {
    int count();
  }

  public record Holder(NoCreator value) {}

  @Test
  void saysThatATypeHasNoCreator() {
    assertThat(failure("{'count':1}", NoCreator.class).getMessage())
        .matches(".*(no Creators, like default constructor, exist|No default constructor found).*")
        .contains("NoCreator");
    assertThat(failure("{'value':{'count':1}}", Holder.class).getMessage())
        .matches(".*(no Creators, like default constructor, exist|No default constructor found).*");
  }

  @Test
  void saysThatATypeIsAbstract() {
    assertThat(failure("{'count':1}", Undecided.class).getMessage())
        .matches(
            ".*(abstract types either need to be mapped to concrete types|Cannot infer a type).*")
        .contains("Undecided");
  }

  @Test
  void saysWhichTypeAValueDoesNotFit() {
    assertThat(failure("{'sku':'a','count':'x'}", Item.class).getMessage())
        .matches(".*(Cannot deserialize value of type `int`|into type: int).*");
  }

  // ---- Nothing of the JSON

  public record Checked(String name, int count) {
    public Checked {
      throw new IllegalArgumentException("refused " + name + " and " + count);
    }
  }

  public record Times(Instant at, UUID id, Status status) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'#'",
        "['#']",
        "{'#':1}",
        "{'name':'#','count':'#'}",
        "{'name':'#','count':1}",
        "{'count':'a\\\"#\\\"b'}",
        "{'count':'it\\u0027s # there\\u0027s'}",
        "{'count':'(#)'}",
        "{'count':'`#`'}",
        "{'count':'#\\n12:00:00 ERROR #'}",
        "{'count':'\\u0068unter2'}",
        "{'count':{'#':'#'}}",
        "{'count':['#']}",
        "{'count':1.4242}",
        "{'count':424242424242}",
        "{'sku':['#']}",
        "{'items':{'#':1}}",
        "{'items':['#']}",
        "{'items':[{'sku':{'#':1}}]}",
        "{'createdAt':'#'}",
        "{'amount':'#'}",
        "{'status':'#'}",
        "{'kind':'#'}",
        "{'kind':{'#':1}}",
        "{'at':'#'}",
        "{'id':'#'}",
        "{'value':'#'}",
        "{'value':{'count':'#'}}",
        "{'value':424242}",
        "{'#",
        "{'#'",
        "{'#':",
        "{'name':'#",
        "{'name':#}",
        "{} #",
        "#",
        "<a>#</a>",
        "'#\n'",
      })
  void repeatsNothingOfTheJson(String json) {
    String withSecret = json.replace("#", SECRET);
    for (Class<?> type :
        List.of(
            Checked.class,
            Order.class,
            Item.class,
            Shape.class,
            Times.class,
            Holder.class,
            NoCreator.class,
            Undecided.class,
            Status.class,
            UUID.class,
            Instant.class,
            int.class)) {
      assertSilent(() -> decode(withSecret, TypeRef.of(type)));
    }
    assertSilent(() -> decode(withSecret, new TypeRef<Map<String, Item>>() {}));
    assertSilent(() -> decode(withSecret, new TypeRef<Map<String, Map<Integer, Item>>>() {}));
    assertSilent(() -> decode(withSecret, new TypeRef<List<Status>>() {}));
  }

  public record Leak(String name) {
    @Override
    public String name() {
      throw new IllegalStateException("no access to " + name);
    }
  }

  @Test
  void repeatsNothingOfTheValueWritten() {
    assertSilent(() -> encode(new Leak(SECRET)));
    assertSilent(() -> encode(Map.of(SECRET, new Leak(SECRET))));
    assertSilent(() -> encode(List.of(new Leak(SECRET))));
  }

  @Test
  void namesWhatTheCodeOfATypeThrewAndWhere() {
    CodecException e = failure("{'name':'a','count':1}", Checked.class);
    assertThat(e.getMessage()).contains("IllegalArgumentException").doesNotContain("refused a");
    assertThat(stackTrace(e))
        .contains("java.lang.IllegalArgumentException (its message")
        .contains("CodecFailureTest$Checked.<init>(CodecFailureTest.java:");
  }

  @Test
  void boundsTheMessage() {
    String path = "{'next':".repeat(300) + "{'bad':1}" + "}".repeat(300);
    CodecException e = failure(path, Chain.class);
    assertThat(e.getMessage()).hasSizeLessThan(1024);
    assertThat(e.getMessage().chars().anyMatch(Character::isISOControl)).isFalse();
  }

  public record Chain(Chain next, NoCreator bad) {}

  // ---- What the code of a type throws

  enum Thrown {
    ASSERTION_ERROR,
    STACK_OVERFLOW,
    LINKAGE_ERROR,
    ERROR,
    CHECKED,
    NULL_POINTER;

    void now() {
      switch (this) {
        case ASSERTION_ERROR -> throw new AssertionError(SECRET);
        case STACK_OVERFLOW -> now();
        case LINKAGE_ERROR -> throw new NoClassDefFoundError(SECRET);
        case ERROR -> throw new Error(SECRET);
        case CHECKED -> CodecFailureTest.<RuntimeException>sneak(new Exception(SECRET));
        case NULL_POINTER -> throw new NullPointerException(SECRET);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Exception> void sneak(Exception e) throws X {
    throw (X) e;
  }

  public record Thrower(Thrown what) {
    static boolean whenRead;
    static boolean whenWritten;

    public Thrower {
      if (whenRead) {
        what.now();
      }
    }

    @Override
    public Thrown what() {
      if (whenWritten) {
        what.now();
      }
      return what;
    }
  }

  @ParameterizedTest
  @EnumSource
  void turnsWhatAConstructorThrowsIntoACodecException(Thrown thrown) {
    Thrower.whenRead = true;
    try {
      assertSilent(() -> decode("{'what':'" + thrown + "'}", TypeRef.of(Thrower.class)));
      assertThat(failure("{'what':'" + thrown + "'}", Thrower.class).type())
          .isEqualTo("CodecFailureTest.Thrower");
      assertSilent(() -> decode("[{'what':'" + thrown + "'}]", new TypeRef<List<Thrower>>() {}));
    } finally {
      Thrower.whenRead = false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void turnsWhatAnAccessorThrowsIntoACodecException(Thrown thrown) {
    var value = new Thrower(thrown);
    Thrower.whenWritten = true;
    try {
      CodecException e = failure(() -> encode(value));
      assertThat(stackTrace(e)).doesNotContain(SECRET);
      failure(() -> encode(List.of(value)));
    } finally {
      Thrower.whenWritten = false;
    }
  }

  public record Fatal(String name) {
    public Fatal {
      if (name != null) {
        throw new InternalError("the JVM is in doubt");
      }
    }

    @Override
    public String name() {
      throw new OutOfMemoryError("no memory");
    }
  }

  @Test
  void letsErrorsOfTheVirtualMachineThrough() {
    assertThatThrownBy(() -> decode("{'name':'a'}", TypeRef.of(Fatal.class)))
        .isInstanceOf(InternalError.class);
    assertThatThrownBy(() -> decode("[{'name':'a'}]", new TypeRef<List<Fatal>>() {}))
        .isInstanceOf(InternalError.class);
    assertThatThrownBy(() -> encode(new Fatal(null))).isInstanceOf(OutOfMemoryError.class);
  }

  private CodecException failure(String json, Class<?> type) {
    return failure(() -> decode(json, TypeRef.of(type)));
  }

  private static CodecException failure(ThrowingCallable call) {
    CodecException e = catchThrowableOfType(CodecException.class, call);
    assertThat(e).as("a CodecException").isNotNull();
    return e;
  }

  /** Reading may succeed for a type that takes the JSON; a failure says nothing of it. */
  private static void assertSilent(ThrowingCallable call) {
    CodecException e = catchThrowableOfType(CodecException.class, call);
    if (e != null) {
      assertThat(stackTrace(e)).doesNotContain(SECRET, "4242");
      assertThat(e.getMessage()).hasSizeLessThan(1024);
    }
  }

  private static String stackTrace(Throwable e) {
    var text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private byte[] encode(Object value) {
    return codec.encode(
        value,
        value instanceof List || value instanceof Map
            ? TypeRef.of(Object.class)
            : TypeRef.of(value.getClass()));
  }

  private <T> T decode(String json, TypeRef<T> type) {
    return codec.decode(json.replace('\'', '"').getBytes(UTF_8), type);
  }
}
