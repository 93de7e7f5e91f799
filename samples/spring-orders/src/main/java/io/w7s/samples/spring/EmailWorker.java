package io.w7s.samples.spring;

import io.w7s.sdk.spring.EventHandler;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Logs each mail instead of sending it, and remembers the first hundred. */
@Component
@Profile("email-worker")
class EmailWorker {

  final BlockingQueue<String> mails = new ArrayBlockingQueue<>(100);

  @EventHandler(subject = Order.CREATED, queue = "events")
  void mail(Order order) {
    var mail = "%s ordered %s for %s".formatted(order.email(), order.orderId(), order.amount());
    LoggerFactory.getLogger(EmailWorker.class).info("mail: {}", mail);
    mails.offer(mail);
  }
}
