package io.w7s.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks of a group and prints one table: median and spread, bytes an operation. */
public final class Main {

  private Main() {}

  /**
   * Takes the group's name, for memory, signature and observations followed by whatever JMH takes.
   */
  public static void main(String[] args) throws Exception {
    String group = args[0];
    System.out.printf(
        "JDK %s, %d processors%n", Runtime.version(), Runtime.getRuntime().availableProcessors());
    switch (group) {
      case "memory" -> {
        jmh("MemoryBenchmark", Arrays.copyOfRange(args, 1, args.length));
        QueuedHeap.print();
        StartStop.print();
      }
      case "signature" -> jmh("SignatureBenchmark", Arrays.copyOfRange(args, 1, args.length));
      case "observations" -> jmh("ObservationBenchmark", Arrays.copyOfRange(args, 1, args.length));
      case "bridge" -> BridgeRun.print();
      case "hosted" -> HostedRun.print();
      case "local" -> LocalRun.print();
      case "store" -> {
        EventsRun.print();
        StoreRun.print();
      }
      case "events" -> EventsRun.print();
      case "workflow" -> WorkflowRun.print();
      default ->
          throw new IllegalArgumentException(
              "memory, signature, observations, bridge, hosted, local, store, events or workflow, not "
                  + group);
    }
  }

  private static void jmh(String benchmark, String[] args) throws Exception {
    var own = new CommandLineOptions(args);
    var options =
        new OptionsBuilder()
            .parent(own)
            .include("\\." + benchmark + "\\.")
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .forks(own.getForkCount().orElse(3))
            .warmupIterations(own.getWarmupIterations().orElse(4))
            .warmupTime(own.getWarmupTime().orElse(TimeValue.seconds(1)))
            .measurementIterations(own.getMeasurementIterations().orElse(5))
            .measurementTime(own.getMeasurementTime().orElse(TimeValue.seconds(1)))
            .build();
    print(new ArrayList<>(new Runner(options).run()));
  }

  private static void print(List<RunResult> results) {
    System.out.printf("| %-22s | %-36s | %12s |%n", "what", "a second: median [min..max]", "B/op");
    System.out.printf("| --- | --- | --- |%n");
    for (RunResult result : results) {
      double[] scores =
          result.getBenchmarkResults().stream()
              .flatMap(fork -> fork.getIterationResults().stream())
              .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
              .sorted()
              .toArray();
      Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
      System.out.printf(
          Locale.ROOT,
          "| %-22s | %,12.0f [%,.0f..%,.0f] | %,12.0f |%n",
          name(result.getParams()),
          scores[scores.length / 2],
          scores[0],
          scores[scores.length - 1],
          allocated == null ? Double.NaN : allocated.getScore());
    }
  }

  private static String name(BenchmarkParams params) {
    var name = new StringBuilder(params.getBenchmark().replaceFirst(".*\\.", ""));
    params.getParamsKeys().forEach(key -> name.append(' ').append(params.getParam(key)));
    return name.toString();
  }
}
