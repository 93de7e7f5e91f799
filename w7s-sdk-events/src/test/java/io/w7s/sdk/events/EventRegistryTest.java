package io.w7s.sdk.events;

import static io.w7s.sdk.Environment.PRODUCTION;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.manifest.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EventRegistryTest {

  private static final AppId SHOP = AppId.parse("acme/shop");
  private static final AppId WORKER = AppId.parse("acme/worker");
  private static final SubjectRef<Object> CREATED = SubjectRef.of("orders.created", Object.class);
  private static final SubjectRef<Object> PAID = SubjectRef.of("orders.paid", Object.class);

  private final EventRegistry registry = new EventRegistry();

  private static Manifest subscribing(String... subjects) {
    Manifest manifest = Manifest.empty().withQueue(new Manifest.Queue("events", "/in"));
    for (String subject : subjects) {
      manifest = manifest.withSubscription(new Manifest.Subscription(subject, "events"));
    }
    return manifest;
  }

  private List<Subscriber> subscribers(String subject) {
    return registry.subscribers(PRODUCTION, subject);
  }

  @Test
  void knowsTheConsumerPathOfASubscriber() {
    registry.put(WORKER, PRODUCTION, subscribing("orders.created"));

    assertThat(subscribers("orders.created"))
        .containsExactly(new Subscriber(WORKER, "events", "/in"));
    assertThat(subscribers("orders.paid")).isEmpty();
  }

  @Test
  void replacesTheManifestOfAnApp() {
    registry.put(WORKER, PRODUCTION, subscribing("orders.created", "orders.paid"));
    registry.put(WORKER, PRODUCTION, subscribing("orders.paid"));

    assertThat(registry.subscriptions(PRODUCTION)).containsOnlyKeys("orders.paid");
  }

  @Test
  void forgetsARemovedApp() {
    registry.put(WORKER, PRODUCTION, subscribing("orders.created").withPublished("a"));
    registry.remove(WORKER, PRODUCTION).remove(SHOP, PRODUCTION);

    assertThat(subscribers("orders.created")).isEmpty();
    assertThat(registry.mayPublish(new Caller(WORKER, PRODUCTION), "a")).isFalse();
  }

  @Test
  void addsToWhatAManifestDeclares() {
    registry
        .put(WORKER, PRODUCTION, subscribing("orders.created"))
        .subscribe(WORKER, PRODUCTION, PAID, "events")
        .subscribe(WORKER, PRODUCTION, PAID, "others")
        .allowPublish(WORKER, PRODUCTION, CREATED);

    assertThat(subscribers("orders.created")).hasSize(1);
    assertThat(subscribers("orders.paid"))
        .containsExactly(
            new Subscriber(WORKER, "events", "/in"), Subscriber.of("acme/worker", "others"));
    assertThat(registry.mayPublish(new Caller(WORKER, PRODUCTION), "orders.created")).isTrue();
  }

  @Test
  void keepsEnvironmentsApart() {
    Environment branch = Environment.of("feature");
    registry.put(WORKER, branch, subscribing("orders.created").withPublished("a"));

    assertThat(subscribers("orders.created")).isEmpty();
    assertThat(registry.subscribers(branch, "orders.created")).hasSize(1);
    assertThat(registry.mayPublish(new Caller(WORKER, PRODUCTION), "a")).isFalse();
    assertThat(registry.mayPublish(new Caller(WORKER, branch), "a")).isTrue();
    assertThat(registry).hasToString("EventRegistry{feature=1}");
  }

  @Test
  void allowsAnOwnerOrOneOfItsApps() {
    registry.put(
        SHOP, PRODUCTION, Manifest.empty().withEventsAllow("Zoo").withEventsAllow("org/Watch"));
    Caller shop = new Caller(SHOP, PRODUCTION);

    assertThat(registry.allows(shop, AppId.parse("zoo/any"))).isTrue();
    assertThat(registry.allows(shop, AppId.parse("org/watch"))).isTrue();
    assertThat(registry.allows(shop, AppId.parse("org/other"))).isFalse();
    assertThat(registry.allows(new Caller(WORKER, PRODUCTION), AppId.parse("zoo/any"))).isFalse();
  }

  @Property(tries = 200)
  void knowsTheLastManifestsAfterAnyChanges(
      @ForAll @Size(max = 30) List<@IntRange(max = 63) Integer> changes) {
    var changing = new EventRegistry();
    Map<String, Manifest> last = new TreeMap<>();
    for (int change : changes) { // two bits choose the app, three its subjects, one is removal
      AppId app = AppId.parse("acme/app" + (change & 3));
      var subjects = new ArrayList<String>();
      for (int subject = 0; subject < 3; subject++) {
        if (((change >> (2 + subject)) & 1) == 1) {
          subjects.add("s" + subject);
        }
      }
      if (change >= 32) {
        changing.remove(app, PRODUCTION);
        last.remove(app.toString());
      } else {
        Manifest manifest = subscribing(subjects.toArray(String[]::new));
        changing.put(app, PRODUCTION, manifest);
        last.put(app.toString(), manifest);
      }
    }
    var expected = new TreeMap<String, List<Subscriber>>();
    last.forEach(
        (app, manifest) ->
            manifest
                .eventsSubscribe()
                .forEach(
                    to ->
                        expected
                            .computeIfAbsent(to.subject(), none -> new ArrayList<>())
                            .add(new Subscriber(AppId.parse(app), "events", "/in"))));

    assertThat(changing.subscriptions(PRODUCTION)).isEqualTo(expected);
  }
}
