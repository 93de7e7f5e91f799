package io.w7s.sdk.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The secret of a bridge and its service is changed while requests come. */
class SecretRotationTest extends SignedApp {

  private static final int DELIVERIES = 10_000;

  @Test
  void refusesNothingWhileTheSecretIsChangedAndTheOldOneAfterwards() throws Exception {
    String oldSecret = SigningSecrets.generate();
    SigningSecrets old = SigningSecrets.of(oldSecret);
    SigningSecrets fresh = SigningSecrets.of(SigningSecrets.generate());
    Instant end = NOW.plus(Duration.ofMinutes(10));
    var handled = new AtomicInteger();
    SignedHandler changing =
        SignedHandler.builder(
                request -> {
                  handled.incrementAndGet();
                  return new AppResponse(200, JSON, new byte[0]);
                },
                fresh.withPrevious(oldSecret, end))
            .time(clock)
            .build();
    RequestSigner before = RequestSigner.of(old, clock);
    RequestSigner after = RequestSigner.of(fresh, clock);

    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      var responses = new ArrayList<Future<AppResponse>>();
      for (int i = 0; i < DELIVERIES; i++) {
        // Several isolates of the bridge: they do not get the new secret at the same moment.
        boolean hasNew = i % 10 < i * 10 / DELIVERIES;
        RequestSigner isolate = hasNew ? after : before;
        responses.add(
            threads.submit(() -> changing.handle(isolate.sign(RequestKind.QUEUE, delivery()))));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<AppResponse> response : responses) {
        statuses.add(response.get().status());
      }
      assertThat(statuses).hasSize(DELIVERIES).containsOnly(200);
    } finally {
      threads.shutdown();
    }
    assertThat(handled).hasValue(DELIVERIES);

    clock.set(end);
    assertThat(changing.handle(before.sign(RequestKind.QUEUE, delivery())).status()).isEqualTo(401);
    assertThat(changing.handle(after.sign(RequestKind.QUEUE, delivery())).status()).isEqualTo(200);
    assertThat(lines()).singleElement().asString().contains("signature-wrong");
  }

  @Test
  void aReceiverThatStillHasTheOldSecretTakesWhatIsSignedDuringTheChange() {
    String oldSecret = SigningSecrets.generate();
    SigningSecrets old = SigningSecrets.of(oldSecret);
    SigningSecrets fresh = SigningSecrets.of(SigningSecrets.generate());
    Instant end = NOW.plus(Duration.ofMinutes(10));
    RequestSigner changed = RequestSigner.of(fresh.withPrevious(oldSecret, end), clock);
    AppHandler app = request -> new AppResponse(200, JSON, new byte[0]);
    SignedHandler unchanged = SignedHandler.builder(app, old).time(clock).build();
    SignedHandler changedToo = SignedHandler.builder(app, fresh).time(clock).build();

    for (SignedHandler receiver : List.of(unchanged, changedToo)) {
      assertThat(receiver.handle(changed.sign(RequestKind.QUEUE, delivery())).status())
          .isEqualTo(200);
    }

    clock.set(end);
    assertThat(unchanged.handle(changed.sign(RequestKind.QUEUE, delivery())).status())
        .isEqualTo(401);
    assertThat(changedToo.handle(changed.sign(RequestKind.QUEUE, delivery())).status())
        .isEqualTo(200);
  }
}
