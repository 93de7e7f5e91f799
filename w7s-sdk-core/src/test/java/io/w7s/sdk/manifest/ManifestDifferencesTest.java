package io.w7s.sdk.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestDifferencesTest {

  @Test
  void orderFormAndUnknownKeysAreNoDifference() {
    assertThat(
            differences(
                """
                {"queues": ["a", {"name": "b", "consumer": "/b"}], "vars": ["X", "Y"], "x": 1}
                """,
                """
                {"queues": [{"name": "b", "consumer": " /b", "y": 2},
                            {"name": "A", "consumer": "/_w7s/queues/a"}],
                 "vars": ["Y", "X"], "routing": {}}
                """))
        .isEmpty();
  }

  @Test
  void aQueueWithAnotherConsumerIsASentenceWithBoth() {
    assertThat(
            differences(
                "{\"queues\":[{\"name\":\"jobs\",\"consumer\":\"/a\"}]}",
                "{\"queues\":[{\"name\":\"jobs\",\"consumer\":\"/b\"}]}"))
        .containsExactly("$.queues[jobs].consumer: the app says \"/a\", the file says \"/b\"");
  }

  @Test
  void whatOneSideLacksIsToldFromBothSides() {
    String some = "{\"queues\":[\"jobs\"]}";
    assertThat(differences(some, "{}"))
        .containsExactly(
            "$.queues[jobs]: the app says \"/_w7s/queues/jobs\", the file says nothing");
    assertThat(differences("{}", some))
        .containsExactly(
            "$.queues[jobs]: the app says nothing, the file says \"/_w7s/queues/jobs\"");
  }

  @Test
  void everySectionIsCompared() {
    assertThat(
            differences(
                """
                {"queues": ["q", "r"],
                 "schedules": [{"cron": "* * * * *", "path": "/s"}],
                 "workflows": [{"name": "w", "path": "/a"}],
                 "events": {"publish": ["p"], "allow": ["a"],
                            "subscribe": [{"subject": "s", "queue": "q"}]},
                 "rpc": {"allow": ["a"]}, "queue": {"allow": ["a"]}, "workflow": {"allow": ["a"]},
                 "bindings": {"kv": [{"binding": "K", "name": "x", "unknown": 1}]},
                 "vars": ["V"], "secrets": ["S"]}
                """,
                """
                {"queues": ["q", "r"],
                 "schedules": [{"cron": "0 * * * *", "path": "/s"}],
                 "workflows": [{"name": "w", "path": "/b"}],
                 "events": {"subscribe": [{"subject": "s", "queue": "r"}]},
                 "bindings": {"kv": ["K"]}}
                """))
        .containsExactly(
            "$.schedules[/s].cron: the app says \"* * * * *\", the file says \"0 * * * *\"",
            "$.workflows[w].path: the app says \"/a\", the file says \"/b\"",
            "$.events.subscribe[s].queue: the app says \"q\", the file says \"r\"",
            "$.bindings.kv[K]: the app says {\"binding\":\"K\",\"name\":\"x\"},"
                + " the file says {\"binding\":\"K\"}",
            "$.vars[V]: the app says \"V\", the file says nothing",
            "$.secrets[S]: the app says \"S\", the file says nothing",
            "$.rpc.allow[a]: the app says \"a\", the file says nothing",
            "$.queue.allow[a]: the app says \"a\", the file says nothing",
            "$.workflow.allow[a]: the app says \"a\", the file says nothing",
            "$.events.publish[p]: the app says \"p\", the file says nothing",
            "$.events.allow[a]: the app says \"a\", the file says nothing");
  }

  @Test
  void severalSchedulesOfOnePathAreToldApart() {
    assertThat(
            differences(
                """
                {"schedules": [{"cron": "1 * * * *", "path": "/s"},
                               {"cron": "2 * * * *", "path": "/s"}]}
                """,
                """
                {"schedules": [{"cron": "2 * * * *", "path": "/s"},
                               {"cron": "3 * * * *", "path": "/s"},
                               {"cron": "4 * * * *", "path": "/s"}]}
                """))
        .containsExactly(
            "$.schedules[/s].cron: the app says \"1 * * * *\", the file says \"3 * * * *\"",
            "$.schedules[/s].cron: the app says nothing, the file says \"4 * * * *\"");
  }

  private static List<String> differences(String app, String file) {
    return Manifest.parse(app).differences(Manifest.parse(file)).stream()
        .map(Difference::toString)
        .toList();
  }
}
