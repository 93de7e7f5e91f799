package io.w7s.sdk.app;

import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.text.TraceParent;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.internal.wire.SendAgain;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.UnreadableMessage;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
 *   <li>A message that is set aside is put into the store of parked messages before it is marked as
 *       done. Who takes over such a claim finds it there, and does not handle it.
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

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  /** A message that is brought back this much too early is handled all the same. */
  private static final Duration EARLY = Duration.ofMinutes(1);

  /** After this time the platform may have made further deliveries of the same messages. */
  private static final Duration REDELIVERY = Duration.ofSeconds(10);

  private final ReliableQueue queue;
  private final Consumption settings;
  private final ProcessedMessages processed;
  private final @Nullable ParkedMessages parked;
  private final @Nullable QueueClient queues;
  private final TimeSource time;
  private final Duration started;
  private final AppContext context;
  private final HandlerKind kind;
  private final ReceivedBatch.Reader<B, M> reader;
  private final Handling<M> handling;
  private final AppRequest request;

  private final List<DeliveredMessage<M>> messages = new ArrayList<>();
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
    this.parked = settings.parked().orElse(null);
    this.queues = settings.queues().orElse(null);
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
    for (DeliveredMessage<M> message : messages) {
      findParked(message);
    }
    if (settings.key().isPresent()) {
      open().forEach(this::chooseKey);
    }
    skipDone();
    open().forEach(this::keepBeforeLastDelivery);
    List<DeliveredMessage<M>> busy = handle(open());
    busy = waitFor(busy);
    busy.forEach(this::leaveToOthers);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return report();
  }

  private List<DeliveredMessage<M>> open() {
    return messages.stream().filter(DeliveredMessage::isOpen).toList();
  }

  // ---- What was delivered

  private void receive() throws Route.BadRequest {
    try {
      QueueDelivery.read(
          request.body(),
          new QueueDelivery.Receiver<Boolean>() {
            @Override
            public Boolean read(JsonReader in) {
              in.skip(); // it is decoded later, if the message is not done already
              return true;
            }

            @Override
            public void message(QueueDelivery.Message message, Boolean body) {
              messages.add(new DeliveredMessage<>(message, MessageKeys.of(message), null));
            }

            @Override
            public void unreadable(QueueDelivery.Unreadable element) {
              var message =
                  new QueueDelivery.Message(
                      element.id(), element.attempts(), null, null, null, element.body());
              messages.add(
                  new DeliveredMessage<>(message, MessageKeys.of(message), element.reason()));
            }
          });
    } catch (CodecException unreadable) {
      throw new Route.BadRequest(unreadable);
    }
  }

  /** Finds the message that another one brings back. */
  private void findParked(DeliveredMessage<M> message) {
    SendAgain again = SendAgain.of(message.wire().body());
    if (again == null || parked == null || !MessageKeys.isKey(again.key())) {
      return; // what this SDK did not send is a message like any other
    }
    try {
      ParkedMessage back = parked.find(queue.name(), again.key()).orElse(null);
      if (back == null || !back.token().equals(again.token())) {
        message.fate(Fate.SKIPPED, "it was handled or changed since it was sent again");
      } else if (queues != null && isOnlyPartOfTheWay(back)) {
        message.becomes(back);
        queue.send(back, queues);
        message.fate(Fate.HELD, "it is not due before " + back.due());
      } else {
        if (back.run() == 1) {
          processed.complete(queue.name(), back.key()); // whatever became of its first delivery
        }
        message.becomes(back);
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

  private void chooseKey(DeliveredMessage<M> message) {
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

  private void decode(DeliveredMessage<M> message) {
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
      B body = JsonReader.read(wire.body(), "message body", reader::body);
      message.read(
          reader.message(
              wire, body, caller == null ? ReceivedBatch.localSender(request.headers()) : caller));
    } catch (Throwable thrown) { // an Error, too: a constructor of the body's type may throw one
      message.cannotBeRead(ReceivedBatch.failure(thrown));
    }
  }

  /** Skips the messages that are done. Asks the store once, whatever the size of the batch. */
  private void skipDone() {
    List<DeliveredMessage<M>> open = open();
    if (open.isEmpty()) {
      return;
    }
    try {
      Set<String> done =
          processed.done(queue.name(), open.stream().map(DeliveredMessage::runKey).toList());
      for (DeliveredMessage<M> message : open) {
        if (done.contains(message.runKey())) {
          skip(message);
        }
      }
    } catch (RuntimeException unreachable) {
      open.forEach(message -> storeFailed(message, unreachable));
    }
  }

  private void skip(DeliveredMessage<M> message) {
    message.fate(Fate.SKIPPED, "it was done before");
    removeParked(message);
  }

  // ---- Handling

  /** Handles what can be claimed; returns the messages that other deliveries are handling. */
  private List<DeliveredMessage<M>> handle(List<DeliveredMessage<M>> open) {
    var busy = new ArrayList<DeliveredMessage<M>>(0);
    var claimed = new ArrayList<DeliveredMessage<M>>();
    for (DeliveredMessage<M> message : open) {
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
  private boolean claim(DeliveredMessage<M> message) {
    try {
      ClaimResult result =
          processed.claim(queue.name(), message.runKey(), settings.lease(), settings.takeOver());
      switch (result.state()) {
        case GRANTED -> {
          message.claim(result.claim());
          return true;
        }
        case TAKEN_OVER -> {
          message.claim(result.claim());
          return !wasSetAside(message);
        }
        case DONE -> skip(message);
        case BUSY -> message.busyFor(result.remaining());
        case ABANDONED -> {
          String reason = "its handler began and did not end, and neverTwice() is set";
          ParkedMessage aside = store(message, ParkedMessage.State.PARKED, time.now(), reason);
          processed.complete(queue.name(), message.runKey());
          message.fate(fate(aside), reason);
        }
      }
    } catch (RuntimeException unreachable) {
      storeFailed(message, unreachable);
    }
    return false;
  }

  /**
   * Returns whether a message was set aside by a process that ended before it had marked it as
   * done. Then it has its fate.
   */
  private boolean wasSetAside(DeliveredMessage<M> message) {
    if (parked == null || (message.parked() != null && message.parked().run() != 0)) {
      return false;
    }
    ParkedMessage stored = parked.find(queue.name(), message.key()).orElse(null);
    if (stored == null) {
      return false;
    }
    if (stored.run() == 0) { // put there before it was handled
      message.parked(stored);
      return false;
    }
    if (stored.state() == ParkedMessage.State.HELD && queues != null) {
      queue.send(stored, queues);
    }
    processed.complete(message.claim());
    message.fate(fate(stored), stored.reason());
    return true;
  }

  private void handleClaimed(List<DeliveredMessage<M>> claimed) {
    if (claimed.isEmpty()) {
      return;
    }
    for (DeliveredMessage<M> message : claimed) {
      queue.leases().hold(message.claim());
    }
    try {
      for (DeliveredMessage<M> message : claimed) {
        decode(message);
        M readable = message.readableOrNull();
        if (readable != null) {
          message.read(reader.claimed(readable, message.claim()));
        }
      }
      // One whose key could not be chosen has failed already.
      List<DeliveredMessage<M>> ready =
          claimed.stream().filter(message -> message.thrown() == null).toList();
      if (!ready.isEmpty()) {
        handling.handle(context, kind, name(queue.name()), request.headers(), ready);
      }
      for (DeliveredMessage<M> message : claimed) {
        interrupted |= MessageLoop.wasInterrupted(message.thrown());
        settle(message);
      }
    } finally {
      for (DeliveredMessage<M> message : claimed) {
        queue.leases().letGo(message.claim());
      }
    }
  }

  /**
   * Keeps a message that the platform will not deliver again, in case the process ends before the
   * message is decided.
   */
  private void keepBeforeLastDelivery(DeliveredMessage<M> message) {
    if (parked == null
        || message.parked() != null
        || message.attempt() < Consumption.PLATFORM_ATTEMPTS) {
      return;
    }
    try {
      ParkedMessage kept =
          parkedMessage(
                  message,
                  queues == null ? ParkedMessage.State.PARKED : ParkedMessage.State.HELD,
                  time.now().plus(settings.lease()),
                  "its last delivery did not end")
              .attempts(message.attempt() - 1)
              .run(0)
              .build();
      message.parked(
          parked.put(kept, null)
              ? kept
              : parked
                  .find(queue.name(), message.key())
                  .filter(other -> other.run() == 0)
                  .orElse(null));
    } catch (RuntimeException unreachable) { // it is handled all the same: that may be its rescue
      log.warn(
          "message {} of queue {} could not be kept before its last delivery: {}",
          SafeText.of(message.key()),
          queue.name(),
          ThrowableText.of(unreachable));
    }
  }

  private void settle(DeliveredMessage<M> message) {
    try {
      Throwable thrown = message.thrown();
      if (thrown == null) {
        done(message);
      } else {
        failed(message, thrown);
      }
    } catch (RuntimeException unreachable) {
      // The claim is not given back: who takes it over looks at what was stored of the message.
      storeFailed(message, unreachable);
    }
  }

  private void done(DeliveredMessage<M> message) {
    if (!processed.complete(message.claim())) {
      message.fate(Fate.COMING_AGAIN, "another delivery has taken it over");
      log.warn(
          "message {} of queue {} was handled, but another delivery took it over in the meantime",
          SafeText.of(message.key()),
          queue.name());
      return;
    }
    message.fate(Fate.HANDLED, null);
    if (parked != null
        && message.parked() == null
        && time.elapsed().minus(started).compareTo(REDELIVERY) > 0) {
      // The platform may have given up by now, and its last delivery have kept the message.
      try {
        message.parked(
            parked.find(queue.name(), message.key()).filter(kept -> kept.run() == 0).orElse(null));
      } catch (RuntimeException unreachable) {
        log.warn(
            "parked messages of {} cannot be reached: {}",
            queue.name(),
            ThrowableText.of(unreachable));
      }
    }
    removeParked(message);
  }

  /** Removes a message that is decided from the store of parked messages, if it is there. */
  private void removeParked(DeliveredMessage<M> message) {
    ParkedMessage stored = message.parked();
    if (stored == null || parked == null) {
      return;
    }
    try {
      parked.remove(stored);
    } catch (RuntimeException unreachable) { // when it comes back it is done, and removed then
      log.warn(
          "message {} of queue {} is done and could not be removed from the parked ones: {}",
          SafeText.of(message.key()),
          queue.name(),
          ThrowableText.of(unreachable));
    }
  }

  private void failed(DeliveredMessage<M> message, Throwable thrown) {
    UnreadableMessage unreadable = message.unreadable();
    boolean cannotBeRead = unreadable != null && thrown == unreadable.failure();
    if (unreadable != null && cannotBeRead) {
      failures.add(context.unreadable(HandlerFailure.unreadable(name(queue.name()), unreadable)));
    } else {
      handlerFailed(message, thrown);
    }
    String reason = reason(thrown);
    if (parked == null) {
      giveBack(message, reason, !cannotBeRead);
    } else if (cannotBeRead
        || thrown instanceof Reject
        || message.attempt() >= settings.attempts()) {
      setAside(message, ParkedMessage.State.PARKED, time.now(), reason);
    } else if (queues == null) {
      giveBack(message, reason, true);
    } else {
      Duration wait =
          thrown instanceof Retry retry
              ? retry.delay()
              : settings.backoff().after(message.attempt(), time.random());
      setAside(message, ParkedMessage.State.HELD, later(time.now(), wait), reason);
    }
  }

  private void handlerFailed(DeliveredMessage<M> message, Throwable thrown) {
    HandlerFailure failure = HandlerFailure.of(name(queue.name()), message.input(), thrown);
    failures.add(failure);
    boolean asksForRetry = thrown instanceof Retry;
    boolean rejects = thrown instanceof Reject;
    if ((asksForRetry && queues != null) || (rejects && parked != null)) {
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

  private static String name(String queue) {
    return queue.substring(queue.lastIndexOf('/') + 1);
  }

  private static String reason(Throwable thrown) {
    if (thrown instanceof Retry || (thrown instanceof Reject && thrown.getCause() == null)) {
      return SafeText.of(String.valueOf(thrown.getMessage()), ParkedMessage.MAX_REASON_BYTES);
    }
    return thrown instanceof CodecException
        ? ThrowableText.reason(thrown)
        : ThrowableText.withFrames(thrown);
  }

  private static Instant later(Instant now, Duration wait) {
    Duration longest = Duration.between(now, Instant.MAX);
    return wait.compareTo(longest) > 0 ? Instant.MAX : now.plus(wait);
  }

  private void giveBack(DeliveredMessage<M> message, String reason, boolean failedInHandler) {
    message.fate(Fate.COMING_AGAIN, reason);
    handlerFailed |= failedInHandler;
    release(message);
  }

  private void release(DeliveredMessage<M> message) {
    try {
      processed.release(message.claim());
    } catch (RuntimeException unreachable) { // its lease will end
      log.warn("{} could not be released: {}", message.claim(), ThrowableText.of(unreachable));
    }
  }

  // ---- Setting aside

  /** Sets a claimed message aside, and marks it as done. */
  private void setAside(
      DeliveredMessage<M> message, ParkedMessage.State state, Instant due, String reason) {
    ParkedMessage aside = store(message, state, due, reason);
    if (aside.state() == ParkedMessage.State.HELD && queues != null) {
      send(aside, queues);
    }
    if (!processed.complete(message.claim())) {
      message.fate(Fate.COMING_AGAIN, "another delivery has taken it over");
      return;
    }
    message.fate(fate(aside), reason);
    if (aside.state() == ParkedMessage.State.PARKED) {
      log.warn(
          "message {} of queue {} is parked after attempt {}: {}",
          SafeText.of(message.wire().id()),
          queue.name(),
          message.attempt(),
          reason);
    }
  }

  private static Fate fate(ParkedMessage aside) {
    return aside.state() == ParkedMessage.State.HELD ? Fate.HELD : Fate.PARKED;
  }

  /** Stores a message in place of what the store has of it; returns what is stored. */
  private ParkedMessage store(
      DeliveredMessage<M> message, ParkedMessage.State state, Instant due, String reason) {
    ParkedMessages store = settings.parked().orElseThrow();
    ParkedMessage former = message.parked();
    while (true) {
      ParkedMessage aside =
          parkedMessage(message, state, due, reason)
              .run(former == null ? 1 : former.run() + 1)
              .build();
      if (store.put(aside, former == null ? null : former.token())) {
        return aside;
      }
      former = store.find(queue.name(), message.key()).orElse(null);
      if (former != null && message.parked() == null && former.run() != 0) {
        return former; // an earlier delivery has set it aside
      }
    }
  }

  private ParkedMessage.Builder parkedMessage(
      DeliveredMessage<M> message, ParkedMessage.State state, Instant due, String reason) {
    QueueDelivery.Message wire = message.wire();
    ParkedMessage former = message.parked();
    return ParkedMessage.builder(queue.name(), message.key())
        .state(state)
        .messageId(MessageKeys.isKey(wire.id()) ? wire.id() : message.key())
        .attempts(wire.attempts())
        .body(wire.body().toBytes())
        .headers(former == null ? kept(request.headers()) : former.headers())
        .enqueuedAt(wire.enqueuedAt())
        .caller(
            wire.caller() == null ? ReceivedBatch.localSender(request.headers()) : wire.caller())
        .reason(reason)
        .parkedAt(time.now())
        .due(due)
        .token(RandomIds.next(time.random()));
  }

  /** Returns the headers that say where a message is from. Others may be secret. */
  private static Headers kept(Headers headers) {
    Headers.Builder kept = Headers.builder();
    headers.forEach(
        (name, value) -> {
          if (name.startsWith("x-w7s-queue") || name.equals(TraceParent.NAME)) {
            kept.add(name, value);
          }
        });
    return kept.build();
  }

  /** Sends a held message on its way. If that fails, it is overdue later, and sent then. */
  private void send(ParkedMessage held, QueueClient with) {
    try {
      queue.send(held, with);
    } catch (RuntimeException unsent) {
      log.warn(
          "message {} of queue {} is held back and could not be sent yet; it will be with the"
              + " deliveries that follow: {}",
          SafeText.of(held.key()),
          queue.name(),
          ThrowableText.of(unsent));
    }
  }

  // ---- Messages that other deliveries are handling

  private List<DeliveredMessage<M>> waitFor(List<DeliveredMessage<M>> open) {
    List<DeliveredMessage<M>> busy = open;
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
  private Duration pause(List<DeliveredMessage<M>> busy) {
    Duration pause = LONGEST_PAUSE;
    for (DeliveredMessage<M> message : busy) {
      pause = shorter(pause, message.busyFor());
    }
    return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Leaves a message to the delivery that is handling it. */
  private void leaveToOthers(DeliveredMessage<M> message) {
    String reason = "another delivery was still handling it";
    keepBeforeLastDelivery(message); // if that could not be done at first
    ParkedMessage kept = message.parked();
    if (kept == null || kept.run() != 0) {
      message.fate(Fate.COMING_AGAIN, reason);
    } else if (queues == null) {
      message.fate(Fate.PARKED, reason);
    } else {
      send(kept, queues);
      message.fate(Fate.HELD, reason);
    }
  }

  // ---- The result

  private void storeFailed(DeliveredMessage<M> message, RuntimeException unreachable) {
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

  private AppResponse report() {
    BatchReport report =
        BatchReport.of(queue.name(), messages.stream().map(DeliveredMessage::report).toList());
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
