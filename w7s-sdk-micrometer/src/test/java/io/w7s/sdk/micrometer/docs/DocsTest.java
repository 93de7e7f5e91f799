package io.w7s.sdk.micrometer.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.micrometer.ProcessContext;
import io.w7s.sdk.micrometer.SendContext;
import io.w7s.sdk.micrometer.W7sMetrics;
import io.w7s.sdk.micrometer.W7sObservation;
import io.w7s.sdk.micrometer.W7sObservations;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.testing.Fault;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;

/** The guide and the dashboard name what there is, and all of it. */
class DocsTest {

  private static final Path GUIDE = Path.of("../docs/observability.md");
  private static final Path DASHBOARD = Path.of("../docs/grafana/w7s.json");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);
  private static final WorkflowRef<String, String> CHECKOUT =
      WORKER.workflow("checkout", String.class, String.class);

  // ---- The guide

  @Test
  void theGuideShowsCompiledCodeOnly() throws IOException {
    assertThat(Guide.shown(GUIDE))
        .containsExactlyInAnyOrderElementsOf(
            Guide.compiled(
                Path.of("src/test/java/io/w7s/sdk/micrometer/docs/ObservabilityExample.java")));
  }

  /** Returns the rows of the table under a heading whose first column has a name. */
  private static List<List<String>> rows(String section, String firstColumn) throws IOException {
    String guide = Files.readString(GUIDE);
    int from = guide.indexOf(section);
    assertThat(from).as(section).isNotNegative();
    int table = guide.indexOf("| " + firstColumn + " |", from);
    assertThat(table).as(firstColumn).isNotNegative();
    return guide
        .substring(table)
        .lines()
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .map(line -> Arrays.stream(line.split("\\|")).skip(1).map(String::strip).toList())
        .toList();
  }

  private static List<String> names(String cell) {
    return NAME.matcher(cell).results().map(match -> match.group(1)).toList();
  }

  private static List<String> keys(W7sObservation observation) {
    return Stream.concat(
            Arrays.stream(observation.getLowCardinalityKeyNames())
                .map(KeyName::asString)
                .map(key -> key + " low"),
            Arrays.stream(observation.getHighCardinalityKeyNames())
                .map(KeyName::asString)
                .map(key -> key + " high"))
        .toList();
  }

  private static List<String> documentedKeys(W7sObservation observation) throws IOException {
    return rows(": `" + observation.getName() + "`", "key").stream()
        .map(row -> names(row.get(0)).get(0) + " " + row.get(1))
        .toList();
  }

  @Test
  void theGuideHasAllKeys() throws IOException {
    for (W7sObservation observation : W7sObservation.values()) {
      assertThat(documentedKeys(observation)).isEqualTo(keys(observation));
    }
  }

  @Test
  void theGuideHasAllOutcomesAndEvents() throws IOException {
    assertThat(firsts(rows("`w7s.send`", "outcome of a call")))
        .isEqualTo(Arrays.stream(SendContext.Outcome.values()).map(each -> each.value()).toList());
    assertThat(firsts(rows("`w7s.process`", "outcome of a handler")))
        .isEqualTo(
            Arrays.stream(ProcessContext.Outcome.values()).map(each -> each.value()).toList());
    assertThat(firsts(rows("`w7s.send`", "event")))
        .isEqualTo(
            Arrays.stream(W7sObservation.SEND.getEvents())
                .map(Observation.Event::getName)
                .toList());
  }

  private static List<String> firsts(List<List<String>> rows) {
    return rows.stream().map(row -> names(row.get(0)).get(0)).toList();
  }

  // ---- What there is

  /** Registers all that can be registered, once with each of its tags. */
  private static PrometheusMeterRegistry registryOfAll() throws Exception {
    var meters =
        new PrometheusMeterRegistry(
            PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM);
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
    W7sObservations observations = W7sObservations.of(registry);
    W7sMetrics metrics = W7sMetrics.of(meters);
    InMemoryW7s platform = InMemoryW7s.create();
    StepsHandler<String, String> body = (run, steps) -> "done";
    W7sApp app =
        W7sApp.builder(WORKER)
            .intercept(observations)
            .intercept(metrics)
            .consumption(each -> each.once(ProcessedMessages.inMemory()))
            .on(
                JOBS,
                message -> {
                  meters.scrape(); // there are meters of what is under way
                })
            .steps(StepLog.inMemory(platform.time()))
            .on(CHECKOUT, body)
            .build();
    platform.deploy(app);
    platform.faults().add(Fault.unreachable().times(1));
    try (W7s w7s =
        platform
            .connect("acme/shop")
            .pacing(Pacing.observing())
            .intercept(observations)
            .intercept(metrics)
            .build()) {
      for (int i = 0; i < 122; i++) {
        w7s.queues().send(JOBS, "x");
      }
      platform.deliver(JOBS, "x");
      JdbcConnectionPool database =
          JdbcConnectionPool.create(
              "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
      StoreSchema.migrate(database);
      EventStore events = EventStore.of(database);
      try (Outbox outbox = Outbox.builder(events, w7s).build()) {
        ObservabilityExample.meters(meters, outbox, events, app);
        meters.scrape();
      }
      database.dispose();
    }
    return meters;
  }

  @Test
  void theGuideHasAllMeters() throws Exception {
    Map<String, Set<String>> registered = new TreeMap<>();
    for (Meter meter : registryOfAll().getMeters()) {
      if (!meter.getId().getName().matches("w7s\\.(send|process)(\\..*)?")) {
        registered
            .computeIfAbsent(meter.getId().getName(), name -> new TreeSet<>())
            .addAll(meter.getId().getTags().stream().map(Tag::getKey).toList());
      }
    }
    Map<String, Set<String>> documented = new TreeMap<>();
    for (List<String> row : rows("## Meters", "meter")) {
      documented.put(names(row.get(0)).get(0), new TreeSet<>(names(row.get(1))));
    }

    assertThat(documented).isEqualTo(registered);
  }

  // ---- The dashboard

  /** Returns the names of what a scrape shows, each with the labels that it has. */
  private static Map<String, Set<String>> scraped() throws Exception {
    Pattern sample = Pattern.compile("(?m)^([a-z0-9_]+)(?:\\{([^}]*)})? ");
    Pattern label = Pattern.compile("([a-z0-9_]+)=\"");
    Map<String, Set<String>> names = new TreeMap<>();
    for (MatchResult match : sample.matcher(registryOfAll().scrape()).results().toList()) {
      names
          .computeIfAbsent(match.group(1), name -> new TreeSet<>())
          .addAll(groups(label, match.group(2) == null ? "" : match.group(2)));
    }
    return names;
  }

  private static List<String> groups(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }

  /** Returns the expressions of the dashboard. */
  private static List<String> expressions() throws IOException {
    var found = new ArrayList<String>();
    collect(JsonValues.parse(Files.readAllBytes(DASHBOARD)), found);
    return found;
  }

  private static void collect(Object json, List<String> found) {
    if (json instanceof Map<?, ?> object) {
      if (object.get("expr") instanceof String expression) {
        found.add(expression);
      }
      object.values().forEach(value -> collect(value, found));
    } else if (json instanceof List<?> list) {
      list.forEach(value -> collect(value, found));
    }
  }

  @Test
  void theDashboardAsksForWhatThereIs() throws Exception {
    Map<String, Set<String>> scraped = scraped();
    Set<String> asked = new HashSet<>();
    Pattern metric = Pattern.compile("(?<![a-z_])(w7s_[a-z0-9_]+)(?:\\{([^}]*)})?");
    Pattern by = Pattern.compile("by \\(([^)]*)\\)");

    for (String expression : expressions()) {
      List<String> labels =
          groups(by, expression).stream()
              .flatMap(list -> Stream.of(list.split(", ")))
              // Prometheus adds the one and Spring Boot the other: see observability.md
              .filter(name -> !name.equals("job") && !name.equals("w7s_bean"))
              .toList();
      String rest = by.matcher(expression).replaceAll("");
      for (MatchResult match : metric.matcher(rest).results().toList()) {
        asked.add(match.group(1));
        assertThat(scraped).as(expression).containsKey(match.group(1));
        assertThat(scraped.get(match.group(1)))
            .as(expression)
            .containsAll(labels)
            .containsAll(
                groups(
                    Pattern.compile("([a-z0-9_]+)[=!]"),
                    match.group(2) == null ? "" : match.group(2)));
      }
    }
    assertThat(asked.stream().map(DocsTest::family).collect(Collectors.toSet()))
        .as("all of it is on the dashboard")
        .isEqualTo(scraped.keySet().stream().map(DocsTest::family).collect(Collectors.toSet()));
  }

  /** Returns the name without what says which of the values of a timer it is. */
  private static String family(String name) {
    return name.replaceFirst("_(count|sum|max)$", "");
  }
}
