package io.w7s.sdk.app;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Deliveries while a store cannot be reached. */
class StoresDownTest extends ConsumptionTests {

  private boolean down;

  private void refuseWhileDown() {
    if (down) {
      throw new IllegalStateException("connection refused");
    }
  }

  @Test
  void nothingIsHandledWhileTheProcessedMessagesCannotBeReached() {
    var store = new AroundProcessedMessages(processed, this::refuseWhileDown, () -> {});
    W7sApp app =
        worker()
            .consumption(each -> each.once(store).park(parked).time(time).listen(reports::add))
            .on(COUNTS, message -> handled.add(message.body().n()))
            .build();
    down = true;

    assertThat(deliverJobs(app, ten(1)).status()).isEqualTo(503);
    assertThat(handled).isEmpty();
    down = false;
    assertThat(deliverJobs(app, ten(2)).status()).isEqualTo(200);
    assertThat(handled).hasSize(10);
  }

  @Test
  void nothingIsMarkedAsDoneWhileAMessageCannotBeParked() {
    var store = new AroundParkedMessages(parked, this::refuseWhileDown, () -> {});
    W7sApp app =
        worker()
            .consumption(each -> each.once(processed).park(store).time(time).listen(reports::add))
            .on(COUNTS, message -> failOn(message, 4))
            .build();
    down = true;
    AppResponse response =
        deliverJobs(app, message("m1", 1, "{\"n\":\"one\"}"), message("m2", 1, "{\"n\":2}"));

    assertThat(response.status()).isEqualTo(503);
    assertThat(processed.done(QUEUE, List.of("m1", "m2"))).containsExactly("m2");
    down = false;
    time.advance(ofSeconds(10));
    assertThat(
            deliverJobs(app, message("m1", 2, "{\"n\":\"one\"}"), message("m2", 2, "{\"n\":2}"))
                .status())
        .isEqualTo(200);
    assertThat(parkedMessage("m1").attempts()).isEqualTo(2);
  }
}
