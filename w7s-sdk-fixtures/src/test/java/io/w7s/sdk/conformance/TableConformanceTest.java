package io.w7s.sdk.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.schedule.CronExpression;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Replays every row of every recorded table. */
class TableConformanceTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Map<String, Consumer<JsonNode>> TABLES =
      Map.of(
          "table-slug.json", names("slug", input -> new AppId(input, "x").owner()),
          "table-environment.json", names("environment", input -> Environment.of(input).name()),
          "table-branch.json", names("environment", input -> Environment.ofBranch(input).name()),
          "table-cronValid.json",
              names("normalized", input -> CronExpression.parse(input).toString()),
          "table-cronDue.json", TableConformanceTest::cronDue,
          "table-manifest.json", TableConformanceTest::manifest);

  private static final Map<String, Integer> RAN = new TreeMap<>();

  @TestFactory
  Stream<DynamicContainer> everyRowComesOutAsRecorded() {
    return Stream.of("", "fresh/")
        .flatMap(folder -> TABLES.keySet().stream().sorted().map(folder::concat))
        .map(TableConformanceTest::table);
  }

  @Test
  void noRecordedTableIsLeftOut() {
    assertThat(Recordings.files("table-")).isEqualTo(TABLES.keySet());
    assertThat(Recordings.freshFiles("table-"))
        .containsExactlyInAnyOrderElementsOf(
            TABLES.keySet().stream().map("fresh/"::concat).toList());
  }

  @AfterAll
  static void printCounts() {
    RAN.forEach((file, count) -> System.out.println("conformance: " + count + " cases of " + file));
    int all = RAN.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println("conformance: " + all + " cases of " + RAN.size() + " tables in all");
  }

  private static DynamicContainer table(String file) {
    List<JsonNode> rows = Recordings.load(file);
    return DynamicContainer.dynamicContainer(
        file,
        rows.stream()
            .map(
                row ->
                    DynamicTest.dynamicTest(
                        shortened(row),
                        () -> {
                          TABLES.get(file.replace("fresh/", "")).accept(row);
                          RAN.merge(file, 1, Integer::sum);
                        })));
  }

  private static Consumer<JsonNode> names(String key, Function<String, String> rule) {
    return row -> {
      String input = row.required("input").stringValue();
      if (row.has("error")) {
        assertThatThrownBy(() -> rule.apply(input)).isInstanceOf(InvalidInputException.class);
      } else {
        assertThat(rule.apply(input)).isEqualTo(row.required(key).stringValue());
      }
    };
  }

  private static void cronDue(JsonNode row) {
    CronExpression cron = CronExpression.parse(row.required("input").stringValue());
    boolean due = row.required("due").booleanValue();
    var at = OffsetDateTime.parse(row.required("at").stringValue()).toInstant();
    assertThat(cron.isDue(at)).isEqualTo(due);
  }

  private static void manifest(JsonNode row) {
    JsonNode input = row.required("input");
    String text = input.isString() ? input.stringValue() : input.toString();
    if (row.has("error")) {
      assertThatThrownBy(() -> Manifest.parse(text))
          .isInstanceOfSatisfying(
              InvalidInputException.class, e -> assertThat(e.field()).startsWith("$"));
      return;
    }
    Manifest manifest = Manifest.parse(text);
    assertThat(JSON.readTree(manifest.normalizedJson())).isEqualTo(row.required("manifest"));
    assertThat(Manifest.parse(manifest.toJson())).isEqualTo(manifest);
  }

  private static String shortened(JsonNode row) {
    String text = row.toString();
    return text.length() <= 120 ? text : text.substring(0, 120) + "…";
  }
}
