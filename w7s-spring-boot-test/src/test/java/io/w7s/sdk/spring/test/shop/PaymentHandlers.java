package io.w7s.sdk.spring.test.shop;

import io.w7s.sdk.schedule.ScheduledRun;
import io.w7s.sdk.spring.EventHandler;
import io.w7s.sdk.spring.ScheduleHandler;
import io.w7s.sdk.spring.WorkflowHandler;
import io.w7s.sdk.step.Steps;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Everything else that the platform delivers to the shop. */
@Component
class PaymentHandlers {

  private final Warehouse warehouse;

  PaymentHandlers(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  @EventHandler(subject = "payments.received", queue = "events")
  void paid(Order order) {
    warehouse.pack("paid " + order.id());
  }

  @ScheduleHandler(cron = "0 3 * * *", path = "/nightly")
  void nightly(ScheduledRun run) {
    warehouse.pack("night of " + run.scheduledTime());
  }

  @WorkflowHandler("refund")
  String refund(Order order, Steps steps) {
    steps.sleep("wait", Duration.ofDays(3));
    return "refunded " + order.id();
  }
}
