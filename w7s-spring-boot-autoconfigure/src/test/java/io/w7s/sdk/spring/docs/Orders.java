package io.w7s.sdk.spring.docs;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.schedule.ScheduledRun;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spring.EventHandler;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.RpcHandler;
import io.w7s.sdk.spring.ScheduleHandler;
import io.w7s.sdk.spring.W7sAppCustomizer;
import io.w7s.sdk.spring.W7sConnectionDetails;
import io.w7s.sdk.spring.WorkflowHandler;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.workflow.WorkflowRun;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;

/** The code of the guide. */
public final class Orders {

  private Orders() {}

  record Order(String id, int cents) {}

  record Mail(String to, String text) {}

  // [send]
  interface Mailer {
    QueueRef<Mail> MAILS = AppRef.of("acme/mailer").queue("mails", Mail.class);
  }

  @Component
  static class Checkout {
    private final QueueClient queues;

    Checkout(QueueClient queues) {
      this.queues = queues;
    }

    void confirm(Order order) {
      queues.send(Mailer.MAILS, new Mail("ada@example.com", "Order " + order.id()));
    }
  }

  // [send]

  // [handle]
  @Component
  static class OrderHandlers {
    final List<String> seen = new ArrayList<>();

    @QueueHandler("orders")
    void place(Order order) {
      seen.add("placed " + order.id());
    }

    @EventHandler(subject = "payments.received", queue = "events")
    void paid(Event<Order> event) {
      seen.add("paid " + event.data().id());
    }

    @ScheduleHandler(cron = "0 3 * * *", path = "/nightly")
    void report(ScheduledRun run) {
      seen.add("report of " + run.scheduledTime());
    }

    @WorkflowHandler("refund")
    String refund(WorkflowRun<Order> run, Steps steps) {
      return steps.run("pay back", String.class, () -> "refunded " + run.payload().id());
    }

    @RpcHandler(path = "/orders/{id}")
    Order order(RpcRequest<Void> request) {
      return new Order(request.variable("id"), 100);
    }
  }

  // [handle]

  @Configuration(proxyBeanMethods = false)
  static class Reliable {
    // [reliable]
    @Bean
    W7sAppCustomizer reliable(ProcessedMessages processed, ParkedMessages parked) {
      return app -> app.consumption(each -> each.once(processed).park(parked));
    }
    // [reliable]
  }

  @Configuration(proxyBeanMethods = false)
  static class WithOutbox {
    // [outbox]
    @Bean(initMethod = "start")
    Outbox outbox(EventStore events, W7s w7s) {
      return Outbox.builder(events, w7s).build();
    }
    // [outbox]
  }

  // [transaction]
  @Component
  static class Placing {
    static final SubjectRef<Order> PLACED = SubjectRef.of("orders.placed", Order.class);

    private final Outbox outbox;
    private final DataSource dataSource;

    Placing(Outbox outbox, DataSource dataSource) {
      this.outbox = outbox;
      this.dataSource = dataSource;
    }

    /** Call it in a transaction, such as that of {@code @Transactional}. */
    void place(Order order) throws SQLException {
      outbox.publish(DataSourceUtils.getConnection(dataSource), PLACED, order, event -> {});
    }
  }

  // [transaction]

  @Configuration(proxyBeanMethods = false)
  static class FromVault {
    // [details]
    @Bean
    W7sConnectionDetails secretOfVault(Vault vault) {
      return config -> config.bridgeSecrets(SigningSecrets.of(vault.read("w7s-bridge")));
    }
    // [details]
  }

  interface Vault {
    String read(String name);
  }
}
