package io.w7s.sdk.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.ConfigurationException;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The BOM of another framework can bring annotations that are too old for Jackson 3. */
class OldAnnotationsTest {

  private static final String ANNOTATIONS = "com.fasterxml.jackson.annotation.";

  @ParameterizedTest
  @CsvSource({"encode, JsonApplyView", "decode, JsonIncludeProperties"})
  void annotationsThatLackWhatJacksonAsksForAreNamedWithTheirPlace(String direction, String missing)
      throws Exception {
    try (var loader = new Without(ANNOTATIONS + missing)) {
      assertThat(loader.failure(direction))
          .startsWith(ConfigurationException.class.getName())
          .contains("jackson-annotations is too old for Jackson 3.")
          .contains("jackson-annotations-")
          .contains("Set com.fasterxml.jackson.core:jackson-annotations to the version");
    }
  }

  /** The class path of this test, but for one class. */
  private static final class Without extends URLClassLoader {

    private final String missing;

    Without(String missing) {
      super(
          Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
              .map(Without::url)
              .toArray(URL[]::new),
          ClassLoader.getPlatformClassLoader());
      this.missing = missing;
    }

    private static URL url(String entry) {
      try {
        return Path.of(entry).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new AssertionError(entry, e);
      }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.equals(missing)) {
        throw new ClassNotFoundException(name);
      }
      return super.findClass(name);
    }

    @SuppressWarnings("unchecked") // of a type that both loaders share
    String failure(String direction) throws ReflectiveOperationException, IOException {
      var probe = loadClass(Probe.class.getName()).getDeclaredConstructor();
      return ((UnaryOperator<String>) probe.newInstance()).apply(direction);
    }
  }

  /** Runs where the class is missing, and returns what that led to. */
  public static final class Probe implements UnaryOperator<String> {

    /** A value. */
    public record Job(String id) {}

    /** For the test. */
    public Probe() {}

    @Override
    public String apply(String direction) {
      JacksonCodec codec = JacksonCodec.create();
      try {
        if (direction.equals("encode")) {
          codec.encode(new Job("j"), TypeRef.of(Job.class));
        } else {
          codec.decode("{\"id\":\"j\"}".getBytes(StandardCharsets.UTF_8), TypeRef.of(Job.class));
        }
        return "nothing";
      } catch (RuntimeException e) {
        return e.toString();
      }
    }
  }
}
