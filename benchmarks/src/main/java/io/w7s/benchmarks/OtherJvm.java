package io.w7s.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/** A server in a JVM of its own, which prints its address. */
final class OtherJvm implements AutoCloseable {

  private final Process process;
  private final BufferedReader out;

  private OtherJvm(Process process) {
    this.process = process;
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream()));
  }

  /** Runs a main method with this JVM's class path. */
  static OtherJvm of(Class<?> main) throws IOException {
    return new OtherJvm(
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Returns the next line that it prints. */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the other JVM has ended");
    }
    return line;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
