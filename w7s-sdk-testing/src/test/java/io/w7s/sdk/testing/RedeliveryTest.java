package io.w7s.sdk.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An event that is delivered once more, to one subscriber. */
class RedeliveryTest {

  private static final SubjectRef<String> CREATED = SubjectRef.of("orders.created", String.class);

  private final InMemoryW7s memory = InMemoryW7s.create();
  private final List<String> mails = new ArrayList<>();
  private final List<String> audit = new ArrayList<>();
  private W7s shop;

  @BeforeEach
  void subscribe() {
    memory.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(CREATED, "mails", event -> mails.add(event.data()))
            .on(CREATED, "audit", event -> audit.add(event.data()))
            .build());
    memory.deploy(W7sApp.builder(AppRef.of("acme/shop")).publishes(CREATED).build());
    shop = memory.as("acme/shop");
    shop.events().publish(CREATED, "o-1", publish -> publish.id("e-1"));
    memory.runUntilIdle();
  }

  private PublishReceipt redeliverTo(String queue) {
    PublishReceipt receipt =
        shop.events().publish(CREATED, "o-1", publish -> publish.id("e-1").redeliverTo(queue));
    memory.runUntilIdle();
    return receipt;
  }

  @Test
  void onlyTheQueueThatIsNamedGetsTheEventAgain() {
    assertThat(redeliverTo("acme/worker/mails").deliveries()).hasSize(1);

    assertThat(mails).containsExactly("o-1", "o-1");
    assertThat(audit).containsExactly("o-1");
  }

  @Test
  void aQueueThatDoesNotSubscribeGetsNothingAndTheReceiptSaysSo() {
    assertThat(redeliverTo("acme/worker/letters").reachedNobody()).isTrue();

    assertThat(mails).containsExactly("o-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mails", "acme/worker", "/mails", ""})
  void whatIsNoQueueOfAnAppIsRefused(String queue) {
    assertThatThrownBy(() -> redeliverTo(queue))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("redeliverTo", "owner/repo/name");
  }
}
