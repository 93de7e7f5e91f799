package io.w7s.sdk.events;

import static io.w7s.sdk.Environment.PRODUCTION;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.spi.Operation.EventPublish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A shop that publishes orders, three queues that subscribe to them, and the router. */
abstract class RoutedShop {

  static final AppId SHOP = AppId.parse("acme/shop");
  static final Caller PUBLISHER = new Caller(SHOP, PRODUCTION);
  static final SubjectRef<Object> CREATED = SubjectRef.of("orders.created", Object.class);
  static final Subscriber AUDIT = Subscriber.of("acme/audit", "events");
  static final Subscriber MAILS = Subscriber.of("acme/worker", "mails");
  static final Subscriber STATS = Subscriber.of("acme/worker", "stats");
  static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  static final byte[] DATA = "{ \"n\":1.50 }".getBytes(UTF_8);

  final ManualTime time = new ManualTime();
  final EventRegistry registry =
      new EventRegistry()
          .allowPublish(SHOP, PRODUCTION, CREATED)
          .subscribe(STATS.app(), PRODUCTION, CREATED, "stats")
          .subscribe(MAILS.app(), PRODUCTION, CREATED, "mails")
          .subscribe(AUDIT.app(), PRODUCTION, CREATED, "events");
  final List<String> books = new ArrayList<>();
  final EventMeter meter =
      new EventMeter() {
        @Override
        public void publish(Caller publisher, String subject) {
          books.add("published " + subject);
        }

        @Override
        public void delivered(Caller publisher, String subject, Subscriber to) {
          books.add("delivered to " + to);
        }
      };
  final EventRouter router = EventRouter.builder(registry).time(time).meter(meter).build();
  final RecordingQueues outlet = new RecordingQueues();

  static EventPublish event(String id) {
    return event(id, "orders.created");
  }

  static EventPublish event(String id, String subject) {
    return event(id, subject, ManualTime.START, DATA);
  }

  static EventPublish event(String id, String subject, Instant time, byte[] data) {
    return EventPublish.of(SHOP, id, subject, time, data);
  }

  static Delivery enqueued(Subscriber subscriber) {
    return new Delivery(subscriber.app(), subscriber.queue(), Status.ENQUEUED, Optional.empty());
  }

  static Delivery skipped(Subscriber subscriber) {
    return new Delivery(subscriber.app(), subscriber.queue(), Status.SKIPPED, Optional.empty());
  }
}
