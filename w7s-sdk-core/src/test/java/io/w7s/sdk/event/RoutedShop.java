package io.w7s.sdk.event;

import static io.w7s.sdk.Environment.PRODUCTION;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.SteppedTime;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A shop whose orders three queues subscribe to, and the router between them. */
abstract class RoutedShop {

  static final AppId SHOP = AppId.parse("acme/shop");
  static final Caller PUBLISHER = new Caller(SHOP, PRODUCTION);
  static final SubjectRef<Object> CREATED = SubjectRef.of("orders.created", Object.class);
  static final Subscriber AUDIT = Subscriber.of("acme/audit", "events");
  static final Subscriber MAILS = Subscriber.of("acme/worker", "mails");
  static final Subscriber STATS = Subscriber.of("acme/worker", "stats");
  static final byte[] DATA = "{ \"n\":1.50 }".getBytes(UTF_8);

  final SteppedTime time = new SteppedTime();
  final EventRegistry registry =
      new EventRegistry()
          .publish(SHOP, PRODUCTION, CREATED)
          .subscribe(STATS.app(), PRODUCTION, CREATED, "stats")
          .subscribe(MAILS.app(), PRODUCTION, CREATED, "mails")
          .subscribe(AUDIT.app(), PRODUCTION, CREATED, "events");
  final List<String> books = new ArrayList<>();
  final EventUsage usage =
      new EventUsage() {
        @Override
        public void published(Caller publisher, String subject) {
          books.add("published " + subject);
        }

        @Override
        public void delivered(Caller publisher, String subject, Subscriber to) {
          books.add("delivered to " + to);
        }
      };
  final EventRouter router = EventRouter.builder(registry).time(time).usage(usage).build();
  final RecordingOutlet outlet = new RecordingOutlet();

  static PublishedEvent event(String id) {
    return PublishedEvent.of("orders.created", DATA).id(id);
  }

  static Delivery enqueued(Subscriber subscriber) {
    return new Delivery(subscriber.app(), subscriber.queue(), Status.ENQUEUED, Optional.empty());
  }

  static Delivery skipped(Subscriber subscriber) {
    return new Delivery(subscriber.app(), subscriber.queue(), Status.SKIPPED, Optional.empty());
  }
}
