package io.w7s.benchmarks;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.manifest.Manifest;
import java.io.File;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How long a platform takes to be there and gone: in a JVM that has just begun, and in a warm one.
 */
final class StartStop {

  private static final int COLD = 9;
  private static final int WARM = 2_000;

  private StartStop() {}

  /** What a cold JVM runs: prints the nanoseconds from main to stopped. */
  public static void main(String[] args) {
    long start = System.nanoTime();
    startAndStop();
    System.out.println(System.nanoTime() - start);
  }

  private static void startAndStop() {
    var time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 42);
    Platform platform = Platform.builder(time).build();
    platform.deploy(Deployment.of(W7sApp.builder(AppRef.of("acme/worker")).build()));
    AppId id = AppId.parse("acme/shop");
    platform.deploy(Deployment.withoutBackend(id, Manifest.empty()));
    W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.MEMORY).app(id).build())
        .time(time)
        .transport(platform.transportFor(AppInstance.of(id)))
        .build()
        .close();
  }

  static void print() throws Exception {
    double[] cold = new double[COLD];
    for (int i = 0; i < COLD; i++) {
      Process jvm =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElse("java"),
                  "-cp",
                  withoutLogback(),
                  StartStop.class.getName())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      cold[i] = Long.parseLong(new String(jvm.getInputStream().readAllBytes()).strip()) / 1e6;
    }
    double[] warm = new double[WARM];
    for (int i = 0; i < 2 * WARM; i++) {
      long start = System.nanoTime();
      startAndStop();
      warm[i % WARM] = (System.nanoTime() - start) / 1e6;
    }
    print("cold", cold);
    print("warm", warm);
  }

  /** What a logging library takes to start is its own. */
  private static String withoutLogback() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("logback"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void print(String what, double[] millis) {
    Arrays.sort(millis);
    System.out.printf(
        Locale.ROOT,
        "start+stop, %s JVM: %.3f ms [%.3f..%.3f]%n",
        what,
        millis[millis.length / 2],
        millis[0],
        millis[millis.length - 1]);
  }
}
