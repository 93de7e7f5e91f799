package io.w7s.samples.quickstart;

import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThat;

import io.w7s.samples.quickstart.QueueQuickstart.Mail;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.junit.W7sTest;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

@W7sTest
class QueueQuickstartTest {

  @Test
  void mailsTheBuyer(InMemoryW7s w7s) {
    var mails = new ArrayList<Mail>();
    w7s.deploy(QueueQuickstart.worker(mails::add));

    QueueQuickstart.welcome(w7s.as("acme/shop"), "ann@example.com");
    w7s.runUntilIdle();

    assertThat(mails).containsExactly(new Mail("ann@example.com", "Welcome"));
    assertThat(w7s).queue(QueueQuickstart.MAILS).hasDelivered(1).isEmpty();
  }
}
