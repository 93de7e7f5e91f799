package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.BlobUploadException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.BlobMessage;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is sent in place of a large body, and when it is stored. */
@Timeout(60)
class LargeBodiesTest {

  private static final QueueRef<String> TEXTS =
      AppRef.of("acme/worker").queue("texts", String.class);
  private static final QueueRef<RawJson> ANY = AppRef.of("acme/worker").queue("any", RawJson.class);
  private static final Outcome<?> SENT =
      Outcome.success(new SendReceipt(AppId.parse("acme/worker"), "texts", SteppedTime.START));

  private final ScriptedTransport transport = new ScriptedTransport(SENT);

  /** A store that writes down what was sent when something was put. */
  private final class Recorded implements BlobStore {

    private final BlobStore inMemory = BlobStore.inMemory();
    private final List<BlobRef> blobs = new ArrayList<>();
    private final List<Integer> sentBefore = new ArrayList<>();
    private Duration expiry = DEFAULT_EXPIRY;
    private Runnable before = () -> {};

    @Override
    public void put(BlobRef blob, byte[] bytes) {
      before.run();
      inMemory.put(blob, bytes);
      blobs.add(blob);
      sentBefore.add(transport.sent.size());
    }

    @Override
    public Optional<byte[]> get(BlobRef blob) {
      return inMemory.get(blob);
    }

    @Override
    public Duration expiry() {
      return expiry;
    }

    @Override
    public int maxBytes() {
      return 100_000;
    }

    @Override
    public int sweep() {
      return inMemory.sweep();
    }
  }

  private final Recorded store = new Recorded();

  private W7s.Builder w7s() {
    return W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
        .transport(transport);
  }

  /** A text whose JSON has a size. */
  private static String text(int bytes) {
    return "x".repeat(bytes - 2);
  }

  private byte[] sentBody() {
    return ((QueueSend) transport.sent.get(0)).body();
  }

  private String stored(byte[] reference) {
    BlobRef blob = BlobMessage.read(JsonSlice.of(reference));
    assertThat(blob).isNotNull();
    byte[] bytes = store.get(blob).orElseThrow();
    assertThat(blob.matches(bytes)).isTrue();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void aLargeBodyIsStoredBeforeAReferenceIsSent() {
    w7s().blobs(store).build().queues().send(TEXTS, text(49_153));

    assertThat(store.sentBefore).containsExactly(0);
    BlobRef blob = store.blobs.get(0);
    assertThat(new String(sentBody(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"w7s:blob\":{\"id\":\"%s\",\"size\":49153,\"sha256\":\"%s\"}}"
                .formatted(blob.id(), blob.sha256()));
    assertThat(stored(sentBody())).isEqualTo('"' + text(49_153) + '"');
  }

  @Test
  void aBodyUpToTheThresholdIsSentItself() {
    w7s().blobs(store).build().queues().send(TEXTS, text(49_152));

    assertThat(store.blobs).isEmpty();
    assertThat(sentBody()).hasSize(49_152);
  }

  @Test
  void theThresholdCanBeSet() {
    W7s w7s = w7s().blobs(store, 2_048).build();
    w7s.queues().send(TEXTS, text(2_049));

    assertThat(store.blobs).hasSize(1);
    for (int threshold : List.of(-1, 0, 2_047, 65_537)) {
      assertThatThrownBy(() -> w7s().blobs(store, threshold))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("from 2048 to 65536");
    }
  }

  @Test
  void theDataOfAnEventIsStoredAndTheRestOfItIsSent() {
    var published = new ScriptedTransport(ClientParity.PUBLISHED);
    w7s()
        .transport(published)
        .blobs(store)
        .build()
        .events()
        .publish(SubjectRef.of("orders.created", String.class), text(90_000));

    var publish = (EventPublish) published.sent.get(0);
    assertThat(publish.subject()).isEqualTo("orders.created");
    assertThat(stored(publish.data())).isEqualTo('"' + text(90_000) + '"');
  }

  @Test
  void theDataOfACloudEventIsStoredAndItsAttributesAreSent() {
    w7s()
        .blobs(store)
        .build()
        .queues()
        .send(TEXTS, text(90_000), send -> send.asCloudEvent("acme.text"));

    String sent = new String(sentBody(), StandardCharsets.UTF_8);
    assertThat(sent).startsWith("{\"w7sform\":\"cloudevent\"").contains("\"type\":\"acme.text\"");
    String data = sent.substring(sent.indexOf("\"data\":") + 7, sent.length() - 1);
    assertThat(stored(data.getBytes(StandardCharsets.UTF_8))).hasSize(90_000);
  }

  /** Otherwise its consumer would look for a blob that nobody has stored. */
  @Test
  void aSmallBodyThatLooksLikeAReferenceIsStoredToo() {
    RawJson lookalike = RawJson.of("{\"w7s:blob\":{\"id\":\"mine\"}}");
    w7s().blobs(store).build().queues().send(ANY, lookalike);

    assertThat(stored(sentBody())).isEqualTo("{\"w7s:blob\":{\"id\":\"mine\"}}");
  }

  @Test
  void aBodyThatCannotBeStoredIsNotSent() {
    store.before =
        () -> {
          throw new IllegalStateException("disk full");
        };
    W7s w7s = w7s().blobs(store).build();

    BlobUploadException blocking =
        catchThrowableOfType(
            BlobUploadException.class, () -> w7s.queues().send(TEXTS, text(50_000)));
    assertThat(blocking)
        .hasMessageContaining("queue send to acme/worker/texts was not sent")
        .hasMessageContaining("50000 bytes")
        .hasMessageContaining(blocking.blobId())
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(blocking.retryable()).isTrue();
    assertThatThrownBy(() -> w7s.queues().sendAsync(TEXTS, text(50_000)).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(BlobUploadException.class);
    assertThat(transport.sent).isEmpty();
  }

  @Test
  void aBodyThatTheStoreDoesNotTakeIsRefused() {
    assertThatThrownBy(() -> w7s().blobs(store).build().queues().send(TEXTS, text(100_001)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("100001 bytes")
        .hasMessageContaining("at most 100000");
    assertThat(store.blobs).isEmpty();
    assertThat(transport.sent).isEmpty();
  }

  @Test
  void withoutAStoreThePlatformsLimitCounts() {
    assertThatThrownBy(() -> w7s().build().queues().send(TEXTS, text(65_537)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at most 65536");
  }

  @Test
  void thePayloadOfAWorkflowIsNeverStored() {
    assertThatThrownBy(
            () ->
                w7s()
                    .blobs(store)
                    .build()
                    .workflows()
                    .start(ClientParity.CHECKOUT, new ClientParity.Job(text(65_537))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at most 65536");
    assertThat(store.blobs).isEmpty();
  }

  /** A number is not kept or refused by the size of the body around it. */
  @Test
  void aNumberThatThePlatformWouldRoundIsRefusedInALargeBodyAsWell() {
    RawJson body = RawJson.of("[" + text(60_000).replace('x', ' ') + "9007199254740993]");

    assertThatThrownBy(() -> w7s().blobs(store).build().queues().send(ANY, body))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("$[0]");
    assertThat(store.blobs).isEmpty();
  }

  @Test
  void anAsyncCallDoesNotStoreOnTheThreadOfItsCaller() throws Exception {
    var mayStore = new CountDownLatch(1);
    store.before = () -> await(mayStore);
    W7s w7s = w7s().time(new OneThread()).blobs(store).build();

    CompletableFuture<SendReceipt> sending = w7s.queues().sendAsync(TEXTS, text(50_000));
    assertThat(sending).isNotDone();
    mayStore.countDown();

    assertThat(sending.get(50, TimeUnit.SECONDS)).isNotNull();
    assertThat(stored(sentBody())).hasSize(50_000);
  }

  @Test
  void aCallThatIsCancelledWhileItsBodyIsStoredIsNotSent() throws Exception {
    var storing = new CountDownLatch(1);
    var mayStore = new CountDownLatch(1);
    store.before =
        () -> {
          storing.countDown();
          await(mayStore);
        };
    var time = new OneThread();
    W7s w7s = w7s().time(time).blobs(store).build();

    CompletableFuture<SendReceipt> sending = w7s.queues().sendAsync(TEXTS, text(50_000));
    await(storing);
    sending.cancel(true);
    mayStore.countDown();
    time.threads.submit(() -> {}).get(50, TimeUnit.SECONDS); // behind all that storing led to

    assertThat(store.blobs).hasSize(1);
    assertThat(transport.sent).isEmpty();
  }

  /** The system's time with one thread. */
  private static final class OneThread implements TimeSource {

    private final TimeSource system = TimeSource.system();
    private final ExecutorService threads =
        Executors.newSingleThreadExecutor(
            task -> {
              var thread = new Thread(task);
              thread.setDaemon(true);
              return thread;
            });

    @Override
    public Instant now() {
      return system.now();
    }

    @Override
    public Duration elapsed() {
      return system.elapsed();
    }

    @Override
    public void sleep(Duration delay) throws InterruptedException {
      system.sleep(delay);
    }

    @Override
    public CompletableFuture<Void> after(Duration delay) {
      return system.after(delay);
    }

    @Override
    public Executor executor() {
      return threads;
    }

    @Override
    public RandomGenerator random() {
      return system.random();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aClosedW7sStoresNothing() {
    W7s w7s = w7s().blobs(store).build();
    w7s.close();

    assertThatThrownBy(() -> w7s.queues().send(TEXTS, text(50_000)))
        .isInstanceOf(TransportException.class);
    assertThatThrownBy(() -> w7s.queues().sendAsync(TEXTS, text(50_000)).get())
        .hasCauseInstanceOf(TransportException.class);
    assertThat(store.blobs).isEmpty();
  }

  @Test
  void aRetryStoresNothingAgain() {
    var flaky = new ScriptedTransport(Outcome.notDelivered("no route", null), SENT);
    W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
        .transport(flaky)
        .time(new SteppedTime())
        .blobs(store)
        .build()
        .queues()
        .send(TEXTS, text(50_000));

    assertThat(flaky.sent).hasSize(2);
    assertThat(store.blobs).hasSize(1);
  }

  @Test
  void aStoreWhoseBlobsExpireTooEarlyIsRefused() {
    store.expiry = BlobStore.SHORTEST_EXPIRY.minusSeconds(1);

    assertThatThrownBy(() -> w7s().blobs(store))
        .isInstanceOf(InvalidInputException.class)
        .isInstanceOf(W7sException.class)
        .hasMessageContaining("expiry of blobs")
        .hasMessageContaining("at least PT48H35S");
  }
}
