package io.w7s.sdk.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.manifest.Manifest.Queue;
import io.w7s.sdk.manifest.Manifest.Schedule;
import io.w7s.sdk.manifest.Manifest.Subscription;
import io.w7s.sdk.manifest.Manifest.Workflow;
import io.w7s.sdk.schedule.CronExpression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {

  private static final String FULL =
      """
      {
        "queues": [
          {
            "name": "jobs",
            "consumer": "/_w7s/queues/jobs",
            "batch": {
              "size": 5
            }
          }
        ],
        "schedules": [
          {
            "cron": "*/5 * * * *",
            "path": "/s",
            "note": null
          }
        ],
        "workflows": [
          {
            "name": "checkout",
            "path": "/flows/x",
            "retries": 3
          }
        ],
        "events": {
          "publish": [
            "orders.created"
          ],
          "subscribe": [
            {
              "subject": "orders.paid",
              "queue": "jobs",
              "since": 1.50
            }
          ],
          "allow": [
            "tools/audit"
          ],
          "replay": true
        },
        "rpc": {
          "allow": [
            "acme"
          ],
          "x": []
        },
        "queue": {
          "somethingElse": {}
        },
        "workflow": {
          "allow": [
            "tools"
          ]
        },
        "bindings": {
          "kv": [
            {
              "binding": "STATE",
              "name": "x",
              "preview": "y"
            }
          ],
          "email": [
            "MAIL"
          ]
        },
        "vars": [
          "A"
        ],
        "secrets": [
          "B"
        ],
        "routing": {
          "defaultDomain": false
        },
        "name": "shop"
      }
      """;

  @Test
  void unknownKeysSurviveWhereverTheyAre() {
    assertThat(Manifest.parse(FULL).toJson()).isEqualTo(FULL);
    assertThat(Manifest.parse(Manifest.parse(FULL).toJson())).isEqualTo(Manifest.parse(FULL));
  }

  @Test
  void unknownKeysSurviveAChangeByCode() {
    Manifest changed =
        Manifest.parse(FULL).withQueue(Queue.of("mail")).withRpcAllow("Tools/X").withVar("C");

    assertThat(changed.toJson())
        .contains("\"size\": 5", "\"routing\"", "\"replay\": true", "\"email\"", "\"preview\"");
    assertThat(Manifest.parse(changed.toJson())).isEqualTo(changed);
  }

  @Test
  void whatIsReadIsTypedAndNormalised() {
    Manifest manifest = Manifest.parse(FULL);

    assertThat(manifest.queues()).containsExactly(new Queue("jobs", "/_w7s/queues/jobs"));
    assertThat(manifest.schedules())
        .containsExactly(new Schedule(CronExpression.parse("*/5 * * * *"), "/s"));
    assertThat(manifest.workflows()).containsExactly(new Workflow("checkout", "/flows/x"));
    assertThat(manifest.eventsPublish()).containsExactly("orders.created");
    assertThat(manifest.eventsSubscribe()).containsExactly(new Subscription("orders.paid", "jobs"));
    assertThat(manifest.eventsAllow()).containsExactly("tools/audit");
    assertThat(manifest.rpcAllow()).containsExactly("acme");
    assertThat(manifest.queueAllow()).isEmpty();
    assertThat(manifest.workflowAllow()).containsExactly("tools");
    assertThat(manifest.bindings())
        .containsExactly(new Binding("kv", "STATE", Map.of("name", "x", "preview", "y")));
    assertThat(manifest.vars()).containsExactly("A");
    assertThat(manifest.secrets()).containsExactly("B");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                                   | $",
        "{\"queues\":{}}                                      | $.queues",
        "{\"queues\":null}                                    | $.queues",
        "{\"queues\":[7]}                                     | $.queues[0]",
        "{\"queues\":[\"a\",\"b c\"]}                         | $.queues[1]",
        "{\"queues\":[{}]}                                    | $.queues[0].name",
        "{\"queues\":[{\"name\":\"a\",\"consumer\":\"c\"}]}   | $.queues[0].consumer",
        "{\"queues\":[{\"name\":\"a\",\"consumer\":null}]}    | $.queues[0].consumer",
        "{\"queues\":[\"a\",\"A\"]}                           | $.queues[1].name",
        "{\"schedules\":[{\"path\":\"/s\"}]}                  | $.schedules[0].cron",
        "{\"schedules\":[{\"cron\":\"* 24 * * *\",\"path\":\"/s\"}]} | $.schedules[0].cron",
        "{\"schedules\":[{\"cron\":\"* * * * *\"}]}           | $.schedules[0].path",
        "{\"workflows\":[{\"name\":\"w\",\"path\":\"\"}]}     | $.workflows[0].path",
        "{\"workflows\":[{\"name\":\"w\",\"consumer\":5}]}    | $.workflows[0].consumer",
        "{\"workflows\":[\"w\",{\"name\":\"W\"}]}             | $.workflows[1].name",
        "{\"rpc\":{\"allow\":[\"a\",\"*\"]}}                  | $.rpc.allow[1]",
        "{\"queue\":{\"allow\":\"a\"}}                        | $.queue.allow",
        "{\"workflow\":[]}                                    | $.workflow",
        "{\"vars\":[\"A\",\"1\"]}                             | $.vars[1]",
        "{\"secrets\":[null]}                                 | $.secrets[0]",
        "{\"bindings\":{\"kv\":[{\"binding\":\"1\"}]}}        | $.bindings.kv[0].binding",
        "{\"bindings\":{\"kv\":[{\"binding\":\"A\",\"name\":1}]}} | $.bindings.kv[0].name",
        "{\"bindings\":{\"r2\":[{\"binding\":\"A\",\"name\":1}]}} | $.bindings.r2[0].name",
        "{\"bindings\":{\"d1\":[{\"binding\":\"A\",\"jurisdiction\":\"\"}]}} | $.bindings.d1[0].jurisdiction",
        "{\"bindings\":{\"durableObjects\":[{\"binding\":\"A\"}]}} | $.bindings.durableObjects[0].className",
        "{\"bindings\":{\"durable_objects\":[\"A\",\"A\"]}}   | $.bindings.durableObjects[1].binding",
        "{\"bindings\":{\"hyperdrive\":[\"A\"]}}              | $.bindings.hyperdrive[0]",
        "{\"bindings\":{\"hyperdrive\":[{\"binding\":\"A\",\"id\":\" \"}]}} | $.bindings.hyperdrive[0].id",
        "{\"bindings\":{\"ai\":[\"A\",\"A\"]}}                | $.bindings.ai[1].binding",
        "{\"events\":[]}                                      | $.events",
        "{\"events\":{\"publish\":[\"a.*\"]}}                 | $.events.publish[0]",
        "{\"events\":{\"publish\":[\"a\",\"a\"]}}             | $.events.publish[1]",
        "{\"events\":{\"allow\":[\"a/b/c\"]}}                 | $.events.allow[0]",
        "{\"events\":{\"subscribe\":[\"a\"]}}                 | $.events.subscribe[0]",
        "{\"events\":{\"subscribe\":[{\"subject\":\">\"}]}}   | $.events.subscribe[0].subject",
        "{\"events\":{\"subscribe\":[{\"subject\":\"a\"}]}}   | $.events.subscribe[0].queue",
        "{\"events\":{\"subscribe\":[{\"subject\":\"a\",\"queue\":\"q\"}]}} | $.events.subscribe[0].queue",
      })
  void anErrorNamesTheJsonPath(String json, String path) {
    assertThatThrownBy(() -> Manifest.parse(json))
        .isInstanceOfSatisfying(
            InvalidInputException.class, e -> assertThat(e.field()).isEqualTo(path))
        .hasMessageStartingWith(path + ": found ");
  }

  @Test
  void anErrorInACronExpressionNamesTheFieldAndItsRule() {
    assertThatThrownBy(
            () -> Manifest.parse("{\"schedules\":[{\"cron\":\"* 24 * * *\",\"path\":\"/s\"}]}"))
        .hasMessageStartingWith(
            "$.schedules[0].cron: found \"* 24 * * *\", must be a cron expression, of which cron"
                + " hour is *, a number from 0 to 23,");
  }

  @Test
  void textThatIsNotJsonIsToldByLineAndColumnAlone() {
    assertThatThrownBy(() -> Manifest.parse("{\n  \"secrets\": [hunter2]\n}"))
        .isInstanceOfSatisfying(
            InvalidInputException.class, e -> assertThat(e.field()).isEqualTo("$"))
        .hasMessageContaining("line 2, column 15")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void textOverOneMebibyteIsRefusedBeforeItIsRead() {
    String padding = " ".repeat((1 << 20) - 2);
    assertThat(Manifest.parse("{" + padding + "}")).isEqualTo(Manifest.empty());
    assertThatThrownBy(() -> Manifest.parse("{ " + padding + "nope"))
        .hasMessageStartingWith("$: found more than 1048576 bytes");
    assertThatThrownBy(() -> Manifest.parse(("{ " + padding + "nope").getBytes(UTF_8)))
        .hasMessageStartingWith("$: found more than 1048576 bytes");
    assertThatThrownBy(() -> Manifest.parse("\"" + "ž".repeat(1 << 19) + "\""))
        .hasMessageStartingWith("$: found more than 1048576 bytes");
  }

  @Test
  void theOtherSpellingsOfThePlatformAreNormalised() {
    Manifest manifest =
        Manifest.parse(
            """
            {"workflows": [{"name": "w", "consumer": "/c"}],
             "bindings": {
               "r2": [{"binding": "FILES", "name": " b "}],
               "d1": [{"binding": "DB", "primary_location_hint": "weur", "name": ""}],
               "durable_objects": ["Room", {"binding": "R2", "class_name": "Room"}]}}
            """);

    assertThat(manifest.workflows()).containsExactly(new Workflow("w", "/c"));
    assertThat(manifest.bindings())
        .containsExactly(
            new Binding("r2", "FILES", Map.of("bucket", "b")),
            new Binding("d1", "DB", Map.of("primaryLocationHint", "weur")),
            new Binding("durableObjects", "Room", Map.of("className", "Room")),
            new Binding("durableObjects", "R2", Map.of("className", "Room")));
    assertThat(manifest.toJson()).doesNotContain("class_name", "durable_objects", "consumer");
  }

  @Test
  void oneQueueCanHaveManySubjectsAndOneSubjectManyQueues() {
    Manifest manifest =
        Manifest.parse(
            """
            {"queues": ["a", "b"],
             "events": {"subscribe": [
               {"subject": "x", "queue": "A"}, {"subject": "y", "queue": "a"},
               {"subject": "x", "queue": "b"}]}}
            """);

    assertThat(manifest.eventsSubscribe())
        .containsExactly(
            new Subscription("x", "a"), new Subscription("y", "a"), new Subscription("x", "b"));
  }

  @Test
  void theSameSubscriptionTwiceIsRefused() {
    String twice =
        """
        {"queues": ["a"], "events": {"subscribe": [
          {"subject": "x", "queue": "a"}, {"subject": "x", "queue": "A"}]}}
        """;
    assertThatThrownBy(() -> Manifest.parse(twice))
        .hasMessage(
            "$.events.subscribe[1]: found \"x to a\" a second time, must be declared only once");
  }

  @Test
  void aWildcardIsRefusedWithWhatToDoInstead() {
    assertThatThrownBy(() -> new Subscription("orders.*", "jobs"))
        .hasMessageContaining("exact subject")
        .hasMessageContaining("subscribe to each of them");
  }

  @Test
  void thePlatformFormHasAllItsSectionsAndNothingElse() {
    assertThat(Manifest.parse(FULL).normalizedJson())
        .doesNotContain("events", "routing", "email", "batch", "preview", "somethingElse")
        .contains("\"queue\":{\"allow\":[]}", "\"hyperdrive\":[]");
    assertThat(Manifest.empty().toJson()).isEqualTo("{}\n");
  }

  @Test
  void codeDeclaresByTheSameRulesAsAFile() {
    Manifest manifest =
        Manifest.empty()
            .withQueue(Queue.of("Jobs"))
            .withSchedule(new Schedule(CronExpression.parse("0 5 * * *"), "/daily"))
            .withWorkflow(Workflow.of("checkout"))
            .withPublished("orders.created")
            .withSubscription(new Subscription("orders.paid", "jobs"))
            .withRpcAllow("Tools")
            .withQueueAllow("tools/x")
            .withWorkflowAllow("tools/y")
            .withEventsAllow("tools/z")
            .withBinding(Binding.of("kv", "STATE"))
            .withVar("A")
            .withSecret("B");

    assertThat(manifest)
        .isEqualTo(
            Manifest.parse(
                """
                {"queues": ["jobs"],
                 "schedules": [{"cron": "0 5 * * *", "path": "/daily"}],
                 "workflows": ["checkout"],
                 "events": {"publish": ["orders.created"], "allow": ["tools/z"],
                            "subscribe": [{"subject": "orders.paid", "queue": "jobs"}]},
                 "rpc": {"allow": ["tools"]}, "queue": {"allow": ["tools/x"]},
                 "workflow": {"allow": ["tools/y"]},
                 "bindings": {"kv": ["STATE"]}, "vars": ["A"], "secrets": ["B"]}
                """));
    assertThatThrownBy(() -> manifest.withQueue(new Queue("jobs", "/other")))
        .hasMessageStartingWith("$.queues[1].name: found \"jobs\" a second time");
    assertThatThrownBy(() -> manifest.withSubscription(new Subscription("a", "none")))
        .hasMessageStartingWith("$.events.subscribe[1].queue: found \"none\"");
    assertThatThrownBy(() -> manifest.withPublished("a.*"))
        .hasMessageStartingWith("$.events.publish[1]: found \"a.*\"");
    assertThatThrownBy(() -> Binding.of("fs", "FILES"))
        .hasMessageStartingWith("binding kind: found \"fs\", must be one of kv, r2, d1,");
  }

  @Test
  void codeMayDeclareAgainWhatTheManifestHas() {
    Manifest manifest = Manifest.parse(FULL);

    assertThat(manifest.withQueue(Queue.of("JOBS")).withRpcAllow("ACME").withVar("A"))
        .isSameAs(manifest);
  }

  @Test
  void aManifestNeverChanges() {
    Manifest before = Manifest.empty();
    Manifest after = before.withQueue(Queue.of("jobs")).withVar("A");

    assertThat(before.queues()).isEmpty();
    assertThat(before).isEqualTo(Manifest.parse("{}")).isNotEqualTo(after);
    assertThatThrownBy(() -> after.queues().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> after.vars().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void schedulesCanBeLeftOut() {
    Manifest manifest =
        Manifest.parse("{\"schedules\":[{\"cron\":\"* * * * *\",\"path\":\"/x\"}],\"a\":1}");
    assertThat(manifest.withoutSchedules()).isEqualTo(Manifest.parse("{\"a\":1}"));
    assertThat(manifest.schedules()).hasSize(1);
  }

  @Test
  void aFileIsReadInUtf8(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("w7s.json"), FULL);
    assertThat(Manifest.read(file)).isEqualTo(Manifest.parse(FULL));
  }

  @Test
  void aFileThatCannotBeReadIsNamedAsTheUserGaveIt(@TempDir Path folder) {
    assertThatThrownBy(() -> Manifest.read(Path.of("conf/none.json")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("no manifest at conf/none.json: there is no such file");
    assertThatThrownBy(() -> Manifest.read(folder))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(folder + " cannot be read");
  }

  @Test
  void aHugeFileIsNotReadToItsEnd(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("w7s.json"), " ".repeat(2 << 20));
    assertThatThrownBy(() -> Manifest.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("$: found more than 1048576 bytes");
  }

  @Test
  void accessorsKeepTheOrderOfTheFile() {
    assertThat(Manifest.parse("{\"queues\":[\"b\",\"a\"],\"vars\":[\"Z\",\"A\"]}"))
        .satisfies(m -> assertThat(m.queues()).extracting(Queue::name).containsExactly("b", "a"))
        .satisfies(m -> assertThat(m.vars()).isEqualTo(List.of("Z", "A")));
  }
}
