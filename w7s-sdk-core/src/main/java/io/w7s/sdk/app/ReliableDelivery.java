package io.w7s.sdk.app;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.Caller;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.Confirmations;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.BlobReadException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.text.ThrowableText;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.internal.wire.SendAgain;
import io.w7s.sdk.queue.UnreadableMessage;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the messages of one delivery to their fates. What is stored is stored in an order in which
 * the process may end between any two steps:
 *
 * <ul>
 *   <li>A message is claimed, handled, and marked as done. If the process ends in between, the
 *       claim's lease ends, and a later delivery takes it over.
 *   <li>A message that is parked or held back is put into the store of parked messages before it is
 *       marked as done. A delivery that takes over such a claim finds the message there, and does
 *       not handle it.
 *   <li>The messages of the platform's last delivery are put there before the first of them is
 *       handled, and each is removed once it is done. A handler that ends the process does not take
 *       the messages behind it along.
 *   <li>All is decided before the delivery is acknowledged.
 * </ul>
 *
 * @param <B> what a body is read as, before it is decoded
 * @param <M> what a message is read as
 */
final class ReliableDelivery<B, M> {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  private static final int LAST_DELIVERY = Consumption.PLATFORM_ATTEMPTS;
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  /** A message that is brought back this much too early is handled all the same. */
  private static final Duration EARLY = Duration.ofMinutes(1);

  /** After this time the platform may have made further deliveries of the same messages. */
  private static final Duration REDELIVERY = Duration.ofSeconds(10);

  private final ReliableQueue queue;
  private final Consumption settings;
  private final ProcessedMessages processed;
  private final @Nullable Parking parking;
  private final TimeSource time;
  private final Duration started;
  private final AppContext context;
  private final HandlerKind kind;
  private final ReceivedBatch.Reader<B, M> reader;
  private final Handling<M> handling;
  private final AppRequest request;

  private final List<DeliveredMessage<B, M>> messages = new ArrayList<>();
  private final List<HandlerFailure> failures = new ArrayList<>(0);
  private boolean storeFailed;
  private boolean handlerFailed;
  private boolean interrupted;

  ReliableDelivery(
      ReliableQueue queue,
      AppContext context,
      HandlerKind kind,
      ReceivedBatch.Reader<B, M> reader,
      Handling<M> handling,
      AppRequest request) {
    this.queue = queue;
    this.settings = queue.settings();
    this.processed = settings.processed();
    this.parking =
        settings.parked().map(store -> new Parking(queue, store, request.headers())).orElse(null);
    this.time = settings.time();
    this.started = time.elapsed();
    this.context = context;
    this.kind = kind;
    this.reader = reader;
    this.handling = handling;
    this.request = request;
  }

  AppResponse deliver() throws Route.BadRequest {
    receive();
    if (parking != null) {
      messages.forEach(this::bringBack);
    }
    if (settings.key().isPresent()) {
      open().forEach(this::chooseKey);
    }
    skipDone();
    if (parking != null) {
      open().forEach(parking::keepBeforeLastDelivery);
    }
    List<DeliveredMessage<B, M>> busy = handle(open());
    busy = waitFor(busy);
    busy.forEach(this::leaveToOthers);
    settings.confirmations().ifPresent(this::confirm);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return report();
  }

  private List<DeliveredMessage<B, M>> open() {
    var open = new ArrayList<DeliveredMessage<B, M>>(messages.size());
    for (DeliveredMessage<B, M> message : messages) {
      if (message.isOpen()) {
        open.add(message);
      }
    }
    return open;
  }

  // ---- What was delivered

  private void receive() throws Route.BadRequest {
    try {
      QueueDelivery.read(
          request.body(),
          new QueueDelivery.Receiver<B>() {
            @Override
            public B read(JsonReader in) {
              return reader.body(in);
            }

            @Override
            public void message(QueueDelivery.Message message, B body) {
              messages.add(DeliveredMessage.of(message, body, reader));
            }

            @Override
            public void unreadable(QueueDelivery.Unreadable element) {
              messages.add(DeliveredMessage.of(element));
            }
          });
    } catch (CodecException unreadable) {
      throw new Route.BadRequest(unreadable);
    }
  }

  /** Replaces a message that brings another one back by that one. */
  private void bringBack(DeliveredMessage<B, M> message) {
    SendAgain again = SendAgain.of(message.wire().body());
    if (again == null || parking == null || !MessageKeys.isKey(again.key())) {
      return; // what this SDK did not send is a message like any other
    }
    try {
      ParkedMessage back = parking.find(again.key()).orElse(null);
      if (back == null || !back.token().equals(again.token())) {
        message.fate(Fate.SKIPPED, "it was handled or changed since it was sent again");
        return;
      }
      message.becomes(back);
      if (parking.sendsAgain() && isOnlyPartOfTheWay(back)) {
        parking.sendOnItsWay(back);
        message.fate(Fate.HELD, "it is not due before " + back.due());
      } else if (back.run() == 1) {
        processed.complete(queue.name(), back.key()); // whatever became of its first delivery
      }
    } catch (RuntimeException unreachable) {
      storeFailed(message, unreachable);
    }
  }

  /** Returns whether the platform could not hold a message back until it is due. */
  private boolean isOnlyPartOfTheWay(ParkedMessage back) {
    return back.due().isAfter(back.parkedAt().plus(ReliableQueue.LONGEST_DELAY))
        && back.due().isAfter(time.now().plus(EARLY));
  }

  private void chooseKey(DeliveredMessage<B, M> message) {
    if (message.parked() != null) {
      return;
    }
    decode(message);
    M readable = message.readableOrNull();
    if (readable == null) {
      return;
    }
    try {
      String key = settings.key().orElseThrow().apply(handling.input(readable));
      if (key == null || !MessageKeys.isKey(key)) {
        throw new IllegalStateException(
            "the key of the message must have from 1 to "
                + ProcessedMessages.MAX_KEY_LENGTH
                + " characters, without control characters and unpaired surrogates; it has "
                + (key == null ? "none" : key.length()));
      }
      message.key(key);
    } catch (Throwable thrown) {
      interrupted |= MessageLoop.wasInterrupted(thrown);
      message.ended(handling.input(readable), thrown);
    }
  }

  private void decode(DeliveredMessage<B, M> message) {
    if (message.isRead()) {
      return;
    }
    CodecException unreadable = message.unreadableBecause();
    if (unreadable != null) {
      message.cannotBeRead(unreadable);
      return;
    }
    QueueDelivery.Message wire = message.wire();
    Caller caller = wire.caller();
    try {
      B body = message.body();
      message.read(
          reader.message(
              wire,
              body == null ? JsonReader.read(wire.body(), "message body", reader::body) : body,
              caller == null ? ReceivedBatch.localSender(request.headers()) : caller));
    } catch (Throwable thrown) { // an Error, too: a constructor of the body's type may throw one
      message.cannotBeRead(ReceivedBatch.failure(thrown));
    }
  }

  /** Skips the messages that are done. Asks the store at most once, whatever the batch's size. */
  private void skipDone() {
    List<DeliveredMessage<B, M>> open = open();
    if (open.isEmpty() || (open.size() == 1 && open.get(0).attempt() < LAST_DELIVERY)) {
      return; // of one message its claim says it, unless something is stored before that
    }
    try {
      Set<String> done =
          processed.done(queue.name(), open.stream().map(DeliveredMessage::runKey).toList());
      for (DeliveredMessage<B, M> message : open) {
        if (done.contains(message.runKey())) {
          skip(message);
        }
      }
    } catch (RuntimeException unreachable) {
      open.forEach(message -> storeFailed(message, unreachable));
    }
  }

  private void skip(DeliveredMessage<B, M> message) {
    message.fate(Fate.SKIPPED, "it was done before");
    if (parking != null) {
      parking.remove(message);
    }
  }

  // ---- Handling

  /** Handles what can be claimed; returns the messages that other deliveries are handling. */
  private List<DeliveredMessage<B, M>> handle(List<DeliveredMessage<B, M>> open) {
    var busy = new ArrayList<DeliveredMessage<B, M>>(0);
    var claimed = new ArrayList<DeliveredMessage<B, M>>();
    for (DeliveredMessage<B, M> message : open) {
      if (claim(message)) {
        claimed.add(message);
      } else if (message.isOpen()) {
        busy.add(message);
      }
      if (!handling.takesBatches()) {
        handleClaimed(claimed);
        claimed.clear();
      }
    }
    handleClaimed(claimed);
    return busy;
  }

  /** Claims a message; when that fails, it has a fate, or is open because another one has it. */
  private boolean claim(DeliveredMessage<B, M> message) {
    try {
      ClaimResult result =
          processed.claim(queue.name(), message.runKey(), settings.lease(), mayTakeOver(message));
      switch (result.state()) {
        case GRANTED -> {
          message.claim(result.claim());
          return true;
        }
        case TAKEN_OVER -> {
          message.claim(result.claim());
          return !wasParked(message);
        }
        case DONE -> skip(message);
        case BUSY -> message.busyFor(result.remaining());
        case ABANDONED -> parkAbandoned(message);
      }
    } catch (RuntimeException unreachable) {
      storeFailed(message, unreachable);
    }
    return false;
  }

  /** Without automatic retries, only a person brings a message back, after looking at it. */
  private boolean mayTakeOver(DeliveredMessage<B, M> message) {
    return settings.takeOver() || (message.isBroughtBack() && settings.queues().isEmpty());
  }

  private void parkAbandoned(DeliveredMessage<B, M> message) {
    Parking required = requireNonNull(parking, "neverTwice() without park(...)");
    String reason = "its handler began and did not end, and neverTwice() is set";
    ParkedMessage stored = required.park(message, reason);
    required.sendOnItsWay(stored);
    processed.complete(queue.name(), message.runKey());
    message.fate(fate(stored), reason);
  }

  /**
   * Returns whether a message was parked by a process that ended before it had marked it as done.
   * Then it has its fate.
   */
  private boolean wasParked(DeliveredMessage<B, M> message) {
    ParkedMessage known = message.parked();
    if (parking == null || (known != null && !known.isUndecided())) {
      return false;
    }
    ParkedMessage stored = parking.find(message.key()).orElse(null);
    if (stored == null) {
      return false;
    }
    if (stored.isUndecided()) {
      message.parked(stored);
      return false;
    }
    parking.sendOnItsWay(stored);
    processed.complete(message.claim());
    message.fate(fate(stored), stored.reason());
    return true;
  }

  private void handleClaimed(List<DeliveredMessage<B, M>> claimed) {
    if (claimed.isEmpty()) {
      return;
    }
    for (DeliveredMessage<B, M> message : claimed) {
      queue.leases().hold(message.claim());
    }
    try {
      var ready = new ArrayList<DeliveredMessage<B, M>>(claimed.size());
      for (DeliveredMessage<B, M> message : claimed) {
        decode(message);
        M readable = message.readableOrNull();
        if (readable != null) {
          message.read(reader.claimed(readable, message.claim()));
        }
        if (message.thrown() == null) { // one whose key could not be chosen has failed already
          ready.add(message);
        }
      }
      if (!ready.isEmpty()) {
        handling.handle(context, kind, queue.shortName(), request.headers(), ready);
      }
      for (DeliveredMessage<B, M> message : claimed) {
        interrupted |= MessageLoop.wasInterrupted(message.thrown());
        settle(message);
      }
    } finally {
      for (DeliveredMessage<B, M> message : claimed) {
        queue.leases().letGo(message.claim());
      }
    }
  }

  private void settle(DeliveredMessage<B, M> message) {
    try {
      Throwable thrown = message.thrown();
      if (thrown == null) {
        done(message);
      } else {
        failed(message, thrown);
      }
    } catch (RuntimeException unreachable) {
      // The claim is kept: a delivery that takes it over first checks whether the message is
      // parked.
      storeFailed(message, unreachable);
    }
  }

  private void done(DeliveredMessage<B, M> message) {
    if (!processed.complete(message.claim())) {
      message.fate(Fate.COMING_AGAIN, "another delivery has taken it over");
      log.warn(
          "message {} of queue {} was handled, but another delivery took it over in the meantime",
          SafeText.of(message.key()),
          queue.name());
      return;
    }
    message.fate(Fate.HANDLED, null);
    if (parking != null) {
      if (time.elapsed().minus(started).compareTo(REDELIVERY) > 0) {
        parking.findKept(message); // by the platform's last delivery, which may have come since
      }
      parking.remove(message);
    }
  }

  private void failed(DeliveredMessage<B, M> message, Throwable thrown) {
    UnreadableMessage unreadable = message.unreadable();
    boolean cannotBeRead = unreadable != null && thrown == unreadable.failure();
    if (unreadable != null && cannotBeRead) {
      failures.add(context.unreadable(HandlerFailure.unreadable(queue.shortName(), unreadable)));
    } else {
      handlerFailed(message, thrown);
    }
    String reason = reason(thrown);
    if (parking == null) {
      giveBack(message, reason, !cannotBeRead);
    } else if ((cannotBeRead && !mayBeReadableLater(thrown))
        || thrown instanceof Reject
        || message.attempt() >= settings.attempts()) {
      parked(message, parking.park(message, reason), reason);
    } else if (!parking.sendsAgain()) {
      giveBack(message, reason, true);
    } else {
      Duration wait =
          thrown instanceof Retry retry
              ? retry.delay()
              : settings.backoff().after(message.attempt(), time.random());
      parked(message, parking.hold(message, wait, reason), reason);
    }
  }

  /** A store that is down is not the message's fault. */
  private static boolean mayBeReadableLater(Throwable thrown) {
    return thrown instanceof BlobReadException blob && blob.retryable();
  }

  private void handlerFailed(DeliveredMessage<B, M> message, Throwable thrown) {
    HandlerFailure failure = HandlerFailure.of(queue.shortName(), message.input(), thrown);
    failures.add(failure);
    boolean asksForRetry = thrown instanceof Retry;
    boolean rejects = thrown instanceof Reject;
    if (parking != null && (rejects || (asksForRetry && parking.sendsAgain()))) {
      log.info("{} in {}: {}", failure.what(), context.app(), ThrowableText.of(thrown));
      return;
    }
    context.failed(failure);
    if (asksForRetry || rejects) {
      log.warn(
          "queue {} is consumed without {}(...), so the message comes again when the platform"
              + " delivers it again",
          queue.name(),
          rejects ? "park" : "retry");
    }
  }

  private static String reason(Throwable thrown) {
    if (thrown instanceof Retry || (thrown instanceof Reject && thrown.getCause() == null)) {
      return SafeText.of(String.valueOf(thrown.getMessage()), ParkedMessage.MAX_REASON_BYTES);
    }
    return thrown instanceof CodecException
        ? ThrowableText.reason(thrown)
        : ThrowableText.withFrames(thrown);
  }

  private void giveBack(DeliveredMessage<B, M> message, String reason, boolean failedInHandler) {
    message.fate(Fate.COMING_AGAIN, reason);
    handlerFailed |= failedInHandler;
    release(message);
  }

  private void release(DeliveredMessage<B, M> message) {
    try {
      processed.release(message.claim());
    } catch (RuntimeException unreachable) { // its lease will end
      log.warn("{} could not be released: {}", message.claim(), ThrowableText.of(unreachable));
    }
  }

  /** Marks a message as done that is parked or held back now. */
  private void parked(DeliveredMessage<B, M> message, ParkedMessage stored, String reason) {
    if (!processed.complete(message.claim())) {
      message.fate(Fate.COMING_AGAIN, "another delivery has taken it over");
      return;
    }
    message.fate(fate(stored), reason);
    if (stored.state() == ParkedMessage.State.PARKED) {
      log.warn(
          "message {} of queue {} is parked after attempt {}: {}",
          SafeText.of(message.wire().id()),
          queue.name(),
          message.attempt(),
          reason);
    }
  }

  private static Fate fate(ParkedMessage stored) {
    return stored.state() == ParkedMessage.State.HELD ? Fate.HELD : Fate.PARKED;
  }

  // ---- Messages that other deliveries are handling

  private List<DeliveredMessage<B, M>> waitFor(List<DeliveredMessage<B, M>> open) {
    List<DeliveredMessage<B, M>> busy = open;
    Duration start = time.elapsed();
    while (!busy.isEmpty() && !interrupted) {
      Duration waited = time.elapsed().minus(start);
      Duration left = settings.longestWait().minus(waited); // their sum may be too long to count
      if (left.isNegative() || left.isZero()) {
        break;
      }
      try {
        time.sleep(shorter(left, pause(busy)));
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
      busy = handle(busy);
    }
    return busy;
  }

  /** Returns how long to wait for the first of some messages. */
  private Duration pause(List<DeliveredMessage<B, M>> busy) {
    Duration pause = LONGEST_PAUSE;
    for (DeliveredMessage<B, M> message : busy) {
      pause = shorter(pause, message.busyFor());
    }
    return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Leaves a message to the delivery that is handling it. */
  private void leaveToOthers(DeliveredMessage<B, M> message) {
    String reason = "another delivery was still handling it";
    if (parking != null) {
      parking.keepBeforeLastDelivery(message); // if that could not be done at first
      ParkedMessage kept = message.parked();
      if (kept != null && kept.isUndecided()) {
        parking.sendOnItsWay(kept);
        message.fate(fate(kept), reason);
        return;
      }
    }
    message.fate(Fate.COMING_AGAIN, reason);
  }

  // ---- The result

  private void storeFailed(DeliveredMessage<B, M> message, RuntimeException unreachable) {
    if (!storeFailed) {
      log.error(
          "a store of queue {} cannot be reached, so messages come again: {}",
          queue.name(),
          ThrowableText.of(unreachable),
          unreachable);
    }
    storeFailed = true;
    message.fate(Fate.COMING_AGAIN, "a store cannot be reached");
  }

  /** Tells the sender which messages are decided. If that fails, it sends them again. */
  private void confirm(Confirmations confirmations) {
    List<String> ids =
        messages.stream()
            .filter(message -> message.fate() != Fate.COMING_AGAIN)
            .map(DeliveredMessage::sentId)
            .filter(Objects::nonNull)
            .toList();
    if (!ids.isEmpty()) {
      tell(() -> confirmations.confirm(queue.name(), ids));
    }
  }

  private AppResponse report() {
    var fates = new ArrayList<BatchReport.Message>(messages.size());
    for (DeliveredMessage<B, M> message : messages) {
      fates.add(message.report());
    }
    BatchReport report = BatchReport.of(queue.name(), fates);
    for (var listener : settings.listeners()) {
      tell(() -> listener.accept(report));
    }
    for (HandlerInterceptor interceptor : context.interceptors()) {
      tell(() -> interceptor.delivered(report));
    }
    return response(report).withReport(report);
  }

  private AppResponse response(BatchReport report) {
    if (report.comingAgain() == 0) {
      return Responses.acknowledged().withFailures(failures);
    }
    if (handlerFailed) {
      return Responses.handlerFailed(failures);
    }
    if (!storeFailed && !failures.isEmpty()) {
      return MessageLoop.response(failures, false);
    }
    return Responses.refusal(503, report.comingAgain() + " messages are not decided yet")
        .withFailures(failures);
  }

  private void tell(Runnable listener) {
    try {
      listener.run();
    } catch (Throwable thrown) {
      log.error("a listener of queue {} threw {}", queue.name(), ThrowableText.of(thrown), thrown);
    }
  }
}
