package io.w7s.sdk.testing;

import static io.w7s.sdk.testing.Acme.BUILD;
import static io.w7s.sdk.testing.Acme.CURRENT;
import static io.w7s.sdk.testing.Acme.DONE;
import static io.w7s.sdk.testing.Acme.JOBS;
import static io.w7s.sdk.testing.Acme.SYNC;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.DeliveryResult.Status;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.error.UnauthenticatedException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.testing.Acme.Job;
import io.w7s.sdk.testing.Journal.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class InMemoryW7sTest {

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final Acme acme = new Acme();

  @Test
  void aMessageIsDeliveredWhenItIsDue() {
    w7s.deploy(acme.worker());
    w7s.as("acme/shop").queues().send(JOBS, new Job("a"));

    assertThat(w7s.advance(ofSeconds(4)).of(Kind.DELIVERED).isEmpty()).isTrue();
    assertThat(w7s.advance(ofSeconds(1)).of(Kind.DELIVERED).size()).isEqualTo(1);
    assertThat(acme.handled).containsExactly("job a");
    assertThat(w7s.now()).isEqualTo(InMemoryW7s.DEFAULT_START.plusSeconds(5));
  }

  @Test
  void runUntilIdleRunsAllRetriesAndReturnsWhatHappened() {
    w7s.deploy(acme.failing());
    w7s.as("acme/shop").queues().send(JOBS, new Job("a"));

    Journal happened = w7s.runUntilIdle();

    assertThat(happened.of(Kind.DELIVERED).size()).isEqualTo(4);
    assertThat(happened.of(Kind.DEAD_LETTERED).size()).isEqualTo(1);
    assertThat(acme.handled).hasSize(4);
    assertThat(w7s.runUntilIdle().isEmpty()).isTrue();
  }

  @Test
  void runUntilIdleFailsAfterTheStepLimitAndNamesTheLoop() {
    InMemoryW7s limited = InMemoryW7s.builder().stepLimit(50).build();
    limited.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(JOBS, m -> limited.as("acme/worker").queues().send(JOBS, m.body()))
            .build());
    limited.as("acme/shop").queues().send(JOBS, new Job("again"));

    assertThatThrownBy(limited::runUntilIdle)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not idle after 50 steps")
        .hasMessageContaining("queue acme/worker/jobs");
  }

  @Test
  void aCallerThatIsNotDeployedMayPublishAnySubject() {
    w7s.deploy(acme.subscriber("acme/mail"), acme.subscriber("acme/stock"));

    var receipt = w7s.as("acme/shop").events().publish(DONE, new Job("a"));
    w7s.runUntilIdle();

    assertThat(receipt.deliveries()).hasSize(2);
    assertThat(acme.handled).containsExactly("acme/mail a", "acme/stock a");
  }

  @Test
  void aDeployedCallerMayPublishOnlyDeclaredSubjects() {
    w7s.as("acme/shop").events().publish(DONE, new Job("a"));
    w7s.deploy("acme/shop", Manifest.empty(), request -> null);

    assertThatThrownBy(() -> w7s.as("acme/shop").events().publish(DONE, new Job("b")))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("events.publish");
  }

  @Test
  void aCallerThatWasRemovedIsUnauthenticated() {
    W7s shop = w7s.as("acme/shop");
    w7s.deploy(acme.worker());
    assertThat(w7s.undeploy("acme/shop")).isTrue();

    assertThatThrownBy(() -> shop.rpc().call(CURRENT)).isInstanceOf(UnauthenticatedException.class);
  }

  @Test
  void aResponseThatIsGzipArrivesUnpacked() throws IOException {
    var gzip = new ByteArrayOutputStream();
    try (var packed = new GZIPOutputStream(gzip)) {
      packed.write("\"packed\"".getBytes(StandardCharsets.UTF_8));
    }
    Headers headers =
        Headers.of("content-encoding", "gzip").with("content-type", "application/json");
    w7s.deploy(
        "acme/worker",
        Manifest.empty(),
        request -> new AppResponse(200, headers, gzip.toByteArray()));
    RpcRef<Void, String> text = AppRef.of("acme/worker").get("/text", String.class);

    RpcResponse<String> response = w7s.as("acme/shop").rpc().exchange(text);

    assertThat(response.body()).isEqualTo("packed");
    assertThat(response.headers().has("content-encoding")).isFalse();
  }

  @Test
  void aResponseThatOnlySaysThatItIsGzipIsLost() {
    byte[] json = "\"plain\"".getBytes(StandardCharsets.UTF_8);
    w7s.deploy(
        "acme/worker",
        Manifest.empty(),
        request -> new AppResponse(200, Headers.of("content-encoding", "gzip"), json));

    assertThatThrownBy(() -> w7s.as("acme/shop").rpc().call(CURRENT))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("not the gzip");
  }

  @Test
  void aStreamIsReadUpToTheLimitOfTheTarget() {
    RpcRef<RawBody, Void> upload =
        AppRef.of("acme/worker").put("/upload", RawBody.class, Void.class);
    var lengths = new ArrayList<Integer>();
    w7s.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .maxBodyBytes(100_000)
            .onVoid(upload, request -> lengths.add(request.body().bytes().length))
            .build());
    w7s.deploy("acme/other", Manifest.empty(), request -> fail("got a body without an end"));
    RpcClient rpc = w7s.as("acme/shop").rpc();
    var endless = new EndlessStream();

    rpc.call(upload, RawBody.once("a/b", new ByteArrayInputStream(new byte[100_000])));
    assertThat(lengths).containsExactly(100_000);

    assertThat(rpc.exchange(upload, RawBody.once("a/b", endless)).status()).isEqualTo(413);
    assertThat(endless.read).isEqualTo(100_001);
    assertThat(lengths).hasSize(1);

    RpcRef<RawBody, Void> other = AppRef.of("acme/other").put("/x", RawBody.class, Void.class);
    assertThat(rpc.exchange(other, RawBody.from("a/b", EndlessStream::new)).status())
        .isEqualTo(413);
  }

  private static final class EndlessStream extends InputStream {
    private long read;

    @Override
    public int read() {
      read++;
      return 1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      read += length;
      return length;
    }
  }

  @Test
  void environmentsAreIsolated() {
    Environment preview = Environment.of("preview");
    w7s.deploy(preview, acme.worker());

    assertThat(w7s.as(AppId.parse("acme/shop"), preview).rpc().call(CURRENT).name())
        .isEqualTo("current");
    assertThatThrownBy(() -> w7s.as("acme/shop").rpc().call(CURRENT))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void aClientIsSharedUntilItIsClosed() {
    W7s first = w7s.as("acme/shop");
    assertThat(w7s.as("acme/shop")).isSameAs(first);

    first.close();
    w7s.deploy(acme.worker());

    assertThat(w7s.as("acme/shop").rpc().call(CURRENT).name()).isEqualTo("current");
  }

  @Test
  void waitingForAWorkflowMovesTheClock() {
    w7s.deploy(acme.worker());

    Job built = w7s.as("acme/shop").workflows().start(BUILD, new Job("a")).await(ofMinutes(1));

    assertThat(built.name()).isEqualTo("built a");
  }

  @Test
  void joiningAnAsyncCallMovesTheClock() {
    w7s.deploy(acme.worker());
    w7s.faults().add(Fault.slow(ofSeconds(3)));

    Job current = w7s.as("acme/shop").rpc().callAsync(CURRENT).join();

    assertThat(current.name()).isEqualTo("current");
    assertThat(w7s.now()).isEqualTo(InMemoryW7s.DEFAULT_START.plusSeconds(3));
  }

  @Test
  void aWaitThatNothingCanEndSaysWhatItWaitedFor() {
    CompletableFuture<Void> never = w7s.time().future("the mail to ann");

    assertThatThrownBy(never::join)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the mail to ann would wait forever");
  }

  @Test
  void schedulesFireWhenDueAndOnRequest() {
    w7s.deploy(acme.worker());

    w7s.advanceTo(Instant.parse("2026-01-01T00:10:00Z"));
    assertThat(acme.handled)
        .containsExactly("sync 2026-01-01T00:05:00Z", "sync 2026-01-01T00:10:00Z");

    acme.handled.clear();
    w7s.advance(ofSeconds(90));
    assertThat(w7s.fire("acme/worker", SYNC).status()).isEqualTo(Status.DONE);
    assertThat(acme.handled).containsExactly("sync 2026-01-01T00:11:00Z");
  }

  @Test
  void messagesCanBeDeliveredWithoutTheQueue() {
    w7s.deploy(acme.worker());

    assertThat(w7s.deliver(JOBS, new Job("a"), new Job("b")).status()).isEqualTo(Status.DONE);
    assertThat(acme.handled).containsExactly("job a", "job b");

    w7s.deploy(acme.failing());
    assertThat(w7s.deliver(JOBS, new Job("c")).status()).isEqualTo(Status.FAILED);
  }

  @Test
  void waitingMessagesCanBeReadAndDeliveredNow() {
    w7s.deploy(acme.worker());
    w7s.as("acme/shop").queues().send(JOBS, new Job("later"), send -> send.delay(ofMinutes(1)));
    w7s.as("acme/shop").queues().send(JOBS, new Job("now"));

    assertThat(w7s.waiting(JOBS)).containsExactly(new Job("now"), new Job("later"));
    assertThat(w7s.deliverNow(JOBS)).isEqualTo(1);
    assertThat(acme.handled).containsExactly("job now");
  }

  @Test
  void aQueueCanHaveItsOwnSettings() {
    w7s.deploy(acme.failing());
    w7s.configure(JOBS, QueueSettings.PLATFORM.withMaxRetries(0));
    w7s.as("acme/shop").queues().send(JOBS, new Job("a"));

    assertThat(w7s.runUntilIdle().of(Kind.DELIVERED).size()).isEqualTo(1);
  }

  @Test
  void handlersCanRunOnAPool() {
    var pool = Executors.newFixedThreadPool(2);
    try {
      InMemoryW7s pooled = InMemoryW7s.builder().handlersOn(pool).build();
      pooled.deploy(
          W7sApp.builder(AppRef.of("acme/worker"))
              .on(JOBS, message -> acme.handled.add(Thread.currentThread().getName()))
              .build());
      pooled.as("acme/shop").queues().send(JOBS, new Job("a"));
      pooled.runUntilIdle();

      assertThat(acme.handled).singleElement().asString().contains("pool");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aShuffledPlatformCannotUseAPool() {
    assertThatThrownBy(() -> InMemoryW7s.builder().shuffled().handlersOn(Runnable::run).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("shuffled");
  }
}
