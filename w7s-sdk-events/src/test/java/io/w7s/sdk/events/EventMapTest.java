package io.w7s.sdk.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.manifest.Manifest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventMapTest {

  private final EventMap map =
      EventMap.of(
          apps(
              "zoo/watch",
              "{\"queues\":[\"in\"],\"events\":{\"subscribe\":["
                  + "{\"subject\":\"orders.created\",\"queue\":\"in\"},"
                  + "{\"subject\":\"stock.low\",\"queue\":\"in\"}]}}",
              "acme/worker",
              "{\"queues\":[\"mails\",\"stats\"],\"events\":{\"subscribe\":["
                  + "{\"subject\":\"orders.created\",\"queue\":\"stats\"},"
                  + "{\"subject\":\"orders.created\",\"queue\":\"mails\"},"
                  + "{\"subject\":\"orders.lost\",\"queue\":\"stats\"}]}}",
              "acme/shop",
              "{\"events\":{\"publish\":[\"orders.created\",\"orders.deleted\",\"stock.low\"]}}",
              "acme/outlet",
              "{\"events\":{\"publish\":[\"orders.created\"],\"allow\":[\"zoo\"]}}"));

  private static Map<AppId, Manifest> apps(String... appsAndManifests) {
    var apps = new LinkedHashMap<AppId, Manifest>();
    for (int i = 0; i < appsAndManifests.length; i += 2) {
      apps.put(AppId.parse(appsAndManifests[i]), Manifest.parse(appsAndManifests[i + 1]));
    }
    return apps;
  }

  @Test
  void listsPublishersAndSubscribersAndMissingOnes() {
    assertThat(map.text())
        .isEqualTo(
            """
            orders.created
              acme/outlet -> acme/worker/mails
              acme/outlet -> acme/worker/stats
              acme/outlet -> zoo/watch/in
              acme/shop -> acme/worker/mails
              acme/shop -> acme/worker/stats
              acme/shop -> zoo/watch/in (not in events.allow)
            orders.deleted
              acme/shop -> nobody
            orders.lost
              nobody -> acme/worker/stats
            stock.low
              acme/shop -> zoo/watch/in (not in events.allow)
            """);
    assertThat(map).hasToString(map.text());
  }

  @Test
  void drawsADottedArrowForAnEventThatDoesNotArrive() {
    assertThat(map.mermaid())
        .isEqualTo(
            """
            flowchart LR
              n0["acme/outlet"]
              n1["acme/worker/mails"]
              n2["acme/worker/stats"]
              n3["zoo/watch/in"]
              n4["acme/shop"]
              n5["nobody"]
              n0 -->|"orders.created"| n1
              n0 -->|"orders.created"| n2
              n0 -->|"orders.created"| n3
              n4 -->|"orders.created"| n1
              n4 -->|"orders.created"| n2
              n4 -.->|"orders.created (not in events.allow)"| n3
              n4 -.->|"orders.deleted"| n5
              n5 -.->|"orders.lost"| n2
              n4 -.->|"stock.low (not in events.allow)"| n3
            """);
  }

  @Test
  void namesSubjectsAndSubscriptionsWithoutACounterpart() {
    assertThat(map.subjectsWithoutSubscribers()).containsExactly("orders.deleted", "stock.low");
    assertThat(map.subscriptionsWithoutPublishers())
        .containsExactly("orders.lost to acme/worker/stats", "stock.low to zoo/watch/in");
  }

  @Test
  void isEmptyForAppsWithoutEvents() {
    EventMap none = EventMap.of(apps("acme/quiet", "{\"queues\":[\"jobs\"]}"));

    assertThat(none.text()).isEmpty();
    assertThat(none.mermaid()).isEqualTo("flowchart LR\n");
    assertThat(none.subjectsWithoutSubscribers()).isEmpty();
    assertThat(none.subscriptionsWithoutPublishers()).isEmpty();
  }
}
