package io.w7s.sdk.testing.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7s;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.testing.InMemoryW7s;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of users compile with each usual set of imports. */
class W7sAssertionsImportTest {

  private static final String OURS = "import static io.w7s.sdk.testing.assertj.W7sAssertions.";
  private static final String ASSERTJ = "import static org.assertj.core.api.Assertions.";

  @TempDir private Path classes;

  @ParameterizedTest
  @ValueSource(
      strings = {
        OURS + "assertThat;",
        OURS + "*;",
        OURS + "assertThat;" + ASSERTJ + "assertThat;",
        OURS + "*;" + ASSERTJ + "*;",
        OURS + "assertThat;" + ASSERTJ + "*;",
      })
  void assertionsOfBothKindsCompile(String imports) {
    assertThat(errors(imports)).isEmpty();
  }

  @Test
  void singleImportOfAssertJsAssertThatHidesOurStarImport() {
    assertThat(errors(OURS + "*;" + ASSERTJ + "assertThat;"))
        .singleElement()
        .asString()
        .contains("queue");
  }

  @Test
  void otherMethodsOfAssertJAreImportedFromOurs() {
    assertThat(
            errors(
                OURS + "assertThat;" + OURS + "assertThatThrownBy;" + OURS + "tuple;",
                "assertThatThrownBy(() -> w7s.as(\"no app\")).isInstanceOf(Exception.class);"
                    + "assertThat(list).extracting(String::length).contains(1);"
                    + "assertThat(tuple(1)).isNotNull();"))
        .isEmpty();
  }

  private List<Diagnostic<? extends JavaFileObject>> errors(String imports) {
    return errors(
        imports,
        """
        assertThat(w7s).queue("acme/worker", "jobs").hasDelivered(1);
        assertThat(w7s.journal()).isEmpty();
        assertThat(list).containsExactly("a");
        assertThat("a").isEqualTo("a");
        assertThat(1).isEqualTo(1);
        assertThat(new Object()).isNotNull();
        """);
  }

  private List<Diagnostic<? extends JavaFileObject>> errors(String imports, String statements) {
    String code =
        """
        %s
        class UserTest {
          void test(io.w7s.sdk.testing.InMemoryW7s w7s, java.util.List<String> list) {
            %s
          }
        }
        """
            .formatted(imports, statements);
    var found = new DiagnosticCollector<JavaFileObject>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    compiler
        .getTask(
            null,
            null,
            found,
            List.of("-proc:none", "-d", classes.toString(), "-cp", classPath()),
            null,
            List.of(new Source(code)))
        .call();
    return found.getDiagnostics().stream()
        .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
        .toList();
  }

  private static String classPath() {
    return Stream.of(W7s.class, Platform.class, InMemoryW7s.class, Assertions.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
        .map(location -> Path.of(URI.create(location.toString())).toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String code;

    Source(String code) {
      super(URI.create("string:///UserTest.java"), Kind.SOURCE);
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }
}
