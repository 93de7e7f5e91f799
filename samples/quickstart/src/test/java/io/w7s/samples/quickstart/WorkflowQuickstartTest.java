package io.w7s.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.samples.quickstart.WorkflowQuickstart.Cart;
import io.w7s.samples.quickstart.WorkflowQuickstart.Paid;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.junit.W7sTest;
import io.w7s.sdk.workflow.WorkflowHandle;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@W7sTest
class WorkflowQuickstartTest {

  @Test
  void paysForTheCart(InMemoryW7s w7s) {
    w7s.deploy(WorkflowQuickstart.PAYMENTS_APP);

    WorkflowHandle<Paid> checkout =
        WorkflowQuickstart.checkout(w7s.as("acme/shop"), new Cart("order-1", 4_200));

    assertThat(checkout.await(Duration.ofMinutes(1))).isEqualTo(new Paid("receipt for order-1"));
  }
}
