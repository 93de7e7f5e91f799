package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7s;
import io.w7s.sdk.okhttp.RawServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program that closes its W7s ends by itself: nothing of the SDK holds it. */
@Timeout(60)
class HostedExitTest {

  /** A program of a user's. */
  public static final class OneCall {
    public static void main(String[] args) throws Exception {
      try (W7s w7s = Shop.w7s(URI.create(args[0]))) {
        System.out.println(w7s.rpc().call(Shop.SESSION));
        System.out.println(w7s.rpc().callAsync(Shop.SESSION).get());
      }
      System.out.println("closed");
      Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> !thread.isDaemon() && thread != Thread.currentThread())
          .filter(thread -> !thread.getName().equals("DestroyJavaVM"))
          .forEach(thread -> System.out.println("left: " + thread.getName()));
    }
  }

  @Test
  void aMainThatMakesACallAndClosesExitsAtOnce() throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok("\"ann\""))) {
      Process program =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  OneCall.class.getName(),
                  platform.url("").toString())
              .redirectErrorStream(true)
              .start();
      try (var out =
          new BufferedReader(
              new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
        String line;
        do {
          line = out.readLine();
          assertThat(line).as("the program's output").isNotNull();
        } while (!line.equals("closed"));
        // a thread that is left would hold it for a minute; a busy machine takes a moment
        assertThat(program.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(out.lines()).isEmpty();
        assertThat(program.exitValue()).isZero();
      } finally {
        program.destroyForcibly();
      }
    }
  }
}
