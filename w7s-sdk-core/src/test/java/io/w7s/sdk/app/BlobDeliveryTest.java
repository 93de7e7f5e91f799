package io.w7s.sdk.app;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.error.BlobReadException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.wire.BlobMessage;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.UnreadableMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Deliveries of messages whose bodies are in blobs. */
class BlobDeliveryTest extends ConsumptionTests {

  private static final QueueRef<RawJson> ANY = WORKER_APP.queue("jobs", RawJson.class);

  /** A store that can be down or have other bytes than were stored. */
  private static final class FaultyStore implements BlobStore {

    private final BlobStore blobs = BlobStore.inMemory();
    private boolean down;
    private byte[] other;
    private int gets;

    @Override
    public void put(BlobRef blob, byte[] bytes) {
      blobs.put(blob, bytes);
    }

    @Override
    public Optional<byte[]> get(BlobRef blob) {
      gets++;
      if (down) {
        throw new IllegalStateException("connection refused");
      }
      return other == null ? blobs.get(blob) : Optional.of(other);
    }

    @Override
    public Duration expiry() {
      return DEFAULT_EXPIRY;
    }

    @Override
    public int maxBytes() {
      return 100;
    }

    @Override
    public int sweep() {
      return blobs.sweep();
    }
  }

  private final FaultyStore store = new FaultyStore();

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the body of a message whose own is in the store. */
  private String stored(String json) {
    BlobRef blob = BlobRef.of(RandomIds.next(ThreadLocalRandom.current()), utf8(json));
    store.put(blob, utf8(json));
    return reference(blob);
  }

  private static String reference(BlobRef blob) {
    return new String(BlobMessage.toJson(blob), StandardCharsets.UTF_8);
  }

  private static String missing() {
    return reference(new BlobRef("0b0e4ac4-6f8e-4a4e-9d6f-3f1d8a1c2b3d", 7, "0".repeat(64)));
  }

  private W7sApp.Builder withBlobs() {
    return worker().blobs(store);
  }

  private W7sApp plain() {
    return withBlobs().on(COUNTS, message -> handled.add(message.body().n())).build();
  }

  private W7sApp reliable() {
    return withBlobs()
        .consumption(each -> each.once(processed).park(parked).time(time).listen(reports::add))
        .on(COUNTS, message -> handled.add(message.body().n()))
        .build();
  }

  @Test
  void aHandlerGetsTheBodyThatIsInABlob() {
    assertThat(deliverJobs(plain(), message("m1", 1, stored("{\"n\":1}"))).status()).isEqualTo(200);
    assertThat(handled).containsExactly(1);
  }

  @Test
  void aHandlerOfEventsGetsTheDataThatIsInABlob() {
    var orders = new ArrayList<String>();
    W7sApp app =
        withBlobs().on(CREATED, "events", event -> orders.add(event.data().orderId())).build();

    AppResponse response =
        deliverEvents(
            app, message("m1", 1, event("orders.created", stored("{\"orderId\":\"o1\"}"))));

    assertThat(response.status()).isEqualTo(200);
    assertThat(orders).containsExactly("o1");
  }

  @Test
  void aHandlerOfBatchesGetsTheBodiesAndWhichCannotBeRead() {
    var unreadable = new ArrayList<UnreadableMessage>();
    W7sApp app =
        withBlobs()
            .onBatch(
                COUNTS,
                batch -> {
                  batch.messages().forEach(message -> handled.add(message.body().n()));
                  unreadable.addAll(batch.unreadable());
                })
            .build();

    AppResponse response =
        deliverJobs(
            app,
            message("m1", 1, stored("{\"n\":1}")),
            message("m2", 1, missing()),
            message("m3", 1, "{\"n\":3}"));

    assertThat(response.status()).isEqualTo(400);
    assertThat(handled).containsExactly(1, 3);
    assertThat(unreadable).extracting(UnreadableMessage::id).containsExactly("m2");
  }

  @Test
  void aBlobThatIsNotThereFailsItsMessageAlone() {
    W7sApp app = plain();

    AppResponse response =
        deliverJobs(
            app,
            message("m1", 1, "{\"n\":1}"),
            message("m2", 1, missing()),
            message("m3", 1, stored("{\"n\":3}")));

    assertThat(response.status()).isEqualTo(400);
    assertThat(handled).containsExactly(1, 3);
    assertThat(response.failures())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.messageId()).contains("m2");
              assertThat(failure.cause())
                  .isInstanceOfSatisfying(
                      BlobReadException.class,
                      blob -> {
                        assertThat(blob.retryable()).isTrue();
                        assertThat(blob.blobId()).isEqualTo("0b0e4ac4-6f8e-4a4e-9d6f-3f1d8a1c2b3d");
                        assertThat(blob).hasMessageContaining("is not in the store");
                      });
            });
  }

  @Test
  void bytesThatAreNotWhatWasSentAreRefusedWithBothChecksums() {
    String reference = stored("{\"n\":1}");
    store.other = utf8("{\"n\":2}");

    AppResponse response = deliverJobs(plain(), message("m1", 1, reference));

    assertThat(handled).isEmpty();
    assertThat(response.failures().get(0).cause())
        .isInstanceOfSatisfying(
            BlobReadException.class,
            blob -> {
              assertThat(blob.retryable()).isFalse();
              assertThat(blob)
                  .hasMessageContaining("blob " + blob.blobId())
                  .hasMessageContaining(
                      "expected 7 bytes with SHA-256 " + BlobRef.sha256(utf8("{\"n\":1}")))
                  .hasMessageContaining(
                      "found 7 bytes with SHA-256 " + BlobRef.sha256(utf8("{\"n\":2}")));
            });
  }

  @Test
  void aBlobThatIsLargerThanItsMessageSaysIsRefused() {
    String reference = stored("{\"n\":1}");
    store.other = utf8("{\"n\":1} ");

    AppResponse response = deliverJobs(plain(), message("m1", 1, reference));

    assertThat(handled).isEmpty();
    assertThat(response.failures().get(0).cause()).hasMessageContaining("found more");
  }

  @Test
  void aBlobThatIsLargerThanTheStoreAllowsIsNotAskedFor() {
    var huge = new BlobRef("0b0e4ac4-6f8e-4a4e-9d6f-3f1d8a1c2b3d", 101, "0".repeat(64));

    AppResponse response = deliverJobs(plain(), message("m1", 1, reference(huge)));

    assertThat(response.failures().get(0).cause())
        .hasMessageContaining("has 101 bytes; at most 100 are read");
    assertThat(store.gets).isZero();
  }

  /** What begins like a reference and is none was sent by somebody who means something else. */
  @Test
  void whatIsNoReferenceIsAnOrdinaryBody() {
    var bodies = new ArrayList<String>();
    W7sApp app = withBlobs().on(ANY, message -> bodies.add(text(message))).build();
    String valid = missing();
    List<String> others =
        List.of(
            "{\"w7s:blob\":{}}",
            "{\"w7s:blob\":null}",
            "{\"w7s:blob\":7}",
            valid.replace("0b0e", "/../"),
            valid.replace("0b0e", "0B0E"),
            valid.replace("\"size\":7", "\"size\":-7"),
            valid.replace("\"size\":7", "\"size\":0"),
            valid.replace("\"size\":7", "\"size\":7000000000"),
            valid.replace("\"size\":7", "\"size\":\"7\""),
            valid.replace("\"size\":7", "\"size\":7,\"size\":8"),
            valid.replace("}}", ",\"more\":1}}"),
            valid.replace("}}", "},\"more\":1}"),
            valid.replace("{\"w7s", "{ \"w7s"),
            "[" + valid + "]");

    for (String other : others) {
      assertThat(deliverJobs(app, message("m1", 1, other)).status()).isEqualTo(200);
    }

    assertThat(bodies).containsExactlyElementsOf(others);
    assertThat(store.gets).isZero();
  }

  private static String text(QueueMessage<RawJson> message) {
    return new String(message.body().utf8(), StandardCharsets.UTF_8);
  }

  @Test
  void anAppWithoutAStoreTakesAReferenceForAnOrdinaryBody() {
    var bodies = new ArrayList<String>();
    String reference = stored("{\"n\":1}");
    W7sApp app = worker().on(ANY, message -> bodies.add(text(message))).build();

    assertThat(deliverJobs(app, message("m1", 1, reference)).status()).isEqualTo(200);

    assertThat(bodies).containsExactly(reference);
  }

  @Test
  void aBodyThatNobodyLooksAtIsNotAskedFor() {
    W7sApp app =
        withBlobs().on(WORKER_APP.queue("jobs", Void.class), message -> handled.add(1)).build();

    deliverJobs(app, message("m1", 1, stored("{\"n\":1}")));

    assertThat(handled).containsExactly(1);
    assertThat(store.gets).isZero();
  }

  // ---- Consumed once

  @Test
  void aStoreThatIsDownIsAFailedAttemptAndTheBlobIsReadAgain() {
    W7sApp app = reliable();
    String[] first = {message("m1", 1, stored("{\"n\":1}")), message("m2", 1, "{\"n\":2}")};
    store.down = true;

    assertThat(deliverJobs(app, first).status()).isEqualTo(500);
    assertThat(fates(lastReport())).containsExactly(Fate.COMING_AGAIN, Fate.HANDLED);
    assertThat(lines()).anyMatch(line -> line.contains("connection refused"));
    assertThat(parked.count(QUEUE, ParkedMessage.State.PARKED)).isZero();

    store.down = false;
    time.advance(ofSeconds(10));
    assertThat(deliverJobs(app, first[0].replace("\"attempts\":1", "\"attempts\":2")).status())
        .isEqualTo(200);
    assertThat(handled).containsExactly(2, 1);
  }

  @Test
  void aBlobThatCannotBeReadInTheLastAttemptIsParkedWithItsReference() {
    String reference = stored("{\"n\":1}");
    store.down = true;
    W7sApp app = reliable();

    assertThat(deliverJobs(app, message("m1", 4, reference)).status()).isEqualTo(200);

    ParkedMessage message = parkedMessage("m1");
    assertThat(message.state()).isEqualTo(ParkedMessage.State.PARKED);
    assertThat(new String(message.body(), StandardCharsets.UTF_8)).isEqualTo(reference);
    assertThat(message.reason()).contains("cannot be read").doesNotContain("connection refused");

    // a person sends it again, when the store is back
    store.down = false;
    parked.sendAgain(QUEUE, "m1", sent);
    deliverJobs(app, sent.take("m9", 1));
    assertThat(handled).containsExactly(1);
    assertThat(parked.find(QUEUE, "m1")).isEmpty();
  }

  @Test
  void aBlobThatIsHeldBackWithItsMessageIsReadWhenItIsBack() {
    String reference = stored("{\"n\":1}");
    W7sApp app =
        withBlobs()
            .consumption(
                each ->
                    each.once(processed).park(parked).retry(sent).time(time).listen(reports::add))
            .on(COUNTS, message -> handled.add(message.body().n()))
            .build();
    store.down = true;
    deliverJobs(app, message("m1", 1, reference));
    assertThat(fates(lastReport())).containsExactly(Fate.HELD);

    store.down = false;
    time.advance(ofHours(1));
    deliverJobs(app, sent.take("m9", 1));

    assertThat(fates(lastReport())).containsExactly(Fate.HANDLED);
    assertThat(handled).containsExactly(1);
  }

  @Test
  void otherBytesThanWereSentAreParkedAtOnce() {
    String reference = stored("{\"n\":1}");
    store.other = utf8("{\"n\":2}");

    assertThat(deliverJobs(reliable(), message("m1", 1, reference)).status()).isEqualTo(200);

    assertThat(parkedMessage("m1").reason())
        .contains(BlobRef.sha256(utf8("{\"n\":1}")), BlobRef.sha256(utf8("{\"n\":2}")));
    assertThat(handled).isEmpty();
  }

  @Test
  void aMessageThatIsDoneIsNotReadAgain() {
    W7sApp app = reliable();
    String reference = stored("{\"n\":1}");
    deliverJobs(app, message("m1", 1, reference));
    deliverJobs(app, message("m1", 2, reference));

    assertThat(handled).containsExactly(1);
    assertThat(store.gets).isEqualTo(1);
  }

  @Test
  void aStoreWhoseBlobsExpireTooEarlyIsRefused() {
    var early =
        new BlobStore() {
          @Override
          public void put(BlobRef blob, byte[] bytes) {}

          @Override
          public Optional<byte[]> get(BlobRef blob) {
            return Optional.empty();
          }

          @Override
          public Duration expiry() {
            return ofDays(2);
          }

          @Override
          public int sweep() {
            return 0;
          }
        };

    assertThatThrownBy(() -> worker().blobs(early))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at least PT48H35S");
  }
}
