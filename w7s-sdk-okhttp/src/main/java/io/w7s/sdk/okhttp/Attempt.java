package io.w7s.sdk.okhttp;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Secrets;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import okhttp3.Call;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** One attempt: its call, how far it has got, and its outcome. */
final class Attempt<R> {

  /** The most characters of a message. */
  private static final int MAX_MESSAGE = 1024;

  /** The largest failure that is searched for secrets; the platform's have a few hundred bytes. */
  private static final int MAX_SEARCHED_BYTES = 1024 * 1024;

  private final HttpAttempts owner;
  private final Exchange<R> exchange;
  private final Duration timeout;
  private final Runnable endedWaiting;
  private final Duration start;
  private final DeliveryTracker tracker = new DeliveryTracker();
  private final Deadline deadline;
  private final Call call;

  /**
   * Prepares an attempt.
   *
   * @param endedWaiting runs when the attempt is ended before its call gets a thread
   */
  Attempt(HttpAttempts owner, Exchange<R> exchange, Duration timeout, Runnable endedWaiting) {
    this.owner = owner;
    this.exchange = exchange;
    this.timeout = timeout;
    this.endedWaiting = endedWaiting;
    this.start = AttemptLog.isOn() ? owner.time().elapsed() : Duration.ZERO;
    this.deadline = new Deadline(timeout, this);
    this.call = owner.client().newCall(exchange.http());
    tracker.follow(call);
  }

  Call call() {
    return call;
  }

  /** Starts the attempt's time. */
  void begin() {
    AttemptLog.sending(exchange);
    owner.begun(this);
    deadline.enter();
  }

  /** Stops the attempt's time; nothing of it is under way any more. */
  void finish() {
    deadline.exit();
    owner.finished(this);
  }

  /** Ends the attempt from outside, at once and from any thread. */
  void end() {
    boolean begun = tracker.end();
    call.cancel();
    if (!begun) {
      endedWaiting.run();
    }
  }

  /** Reads the whole response, which finishes the attempt. */
  Outcome<R> readWhole(Response response) throws IOException {
    try (response) {
      byte @Nullable [] body = body(response);
      if (body == null) {
        String message =
            exchange.where() + " responded with more than " + owner.maxResponseBytes() + " bytes";
        return noResponse(Failure.TOO_LARGE, message, null);
      }
      var raw = new RawResponse(response.code(), headers(response), body);
      AttemptLog.responded(exchange, raw.status(), raw.headers(), body, took());
      return withoutSecrets(exchange.reader().apply(raw), raw);
    } finally {
      finish();
    }
  }

  /** Returns the whole body; null when it is too large. */
  private byte @Nullable [] body(Response response) throws IOException {
    int max = owner.maxResponseBytes();
    if (response.body().contentLength() > max) {
      return null;
    }
    // as a stream it would be read through a buffer of 8 KiB made for each response
    BufferedSource body = response.body().source();
    return body.request(max + 1L) ? null : body.readByteArray();
  }

  /** Limits each read by the time that the attempt has until the head of its response. */
  void limitReads() {
    tracker.limitReads(timeout);
  }

  /** Leaves the response's body to the caller, who finishes the attempt by closing it. */
  Outcome<RpcStream> leaveOpen(Response response) throws IOException {
    deadline.exit();
    try {
      Headers headers = headers(response);
      if (deadline.isOver()) {
        throw new InterruptedIOException("timed out");
      }
      AttemptLog.responded(exchange, response.code(), headers, null, took());
      InputStream body = new StreamedBody(response.body().byteStream(), this::finish);
      return Outcome.success(new RpcStream(response.code(), headers, body));
    } catch (IOException e) {
      response.close();
      throw e;
    }
  }

  private static Headers headers(Response response) throws IOException {
    Headers.Builder headers = Headers.builder();
    try {
      for (int i = 0; i < response.headers().size(); i++) {
        headers.add(response.headers().name(i), response.headers().value(i));
      }
    } catch (InvalidInputException notHttp) {
      throw new IOException("the response has an invalid header", notHttp);
    }
    return headers.build();
  }

  /** Returns the outcome of an attempt that threw. */
  Outcome<R> failed(IOException e) {
    String where = exchange.where();
    if (owner.isClosed()) {
      return noResponse(Failure.CLOSED, "this W7s was closed during a call to " + where, e);
    }
    if (Thread.currentThread().isInterrupted()) {
      return noResponse(Failure.INTERRUPTED, "interrupted during a call to " + where, e);
    }
    boolean delivered = tracker.mayHaveBeenDelivered();
    if (e instanceof StreamedRequestBody.UnreadableException && !deadline.isOver()) {
      return noResponse(
          Failure.BROKEN,
          "the body of the request to " + where + " could not be read: " + e.getMessage(),
          (Exception) e.getCause());
    }
    if (deadline.isOver() || e instanceof InterruptedIOException) {
      return noResponse(
          Failure.TIMED_OUT,
          delivered
              ? where + " did not respond within " + timeout
              : where + " is not reachable within " + timeout + exchange.advice().get(),
          e);
    }
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    return noResponse(
        Failure.BROKEN,
        delivered
            ? "the connection to " + where + " broke off: " + reason
            : where + " is not reachable (" + reason + ")" + exchange.advice().get(),
        e);
  }

  private Outcome<R> noResponse(Failure failure, String message, @Nullable Exception cause) {
    Secrets secrets = exchange.secrets();
    var none =
        new NoResponse<R>(
            failure,
            tracker.mayHaveBeenDelivered(),
            secrets.line(message, MAX_MESSAGE),
            secrets.hideIn(cause));
    AttemptLog.noResponse(exchange, none, took());
    return none;
  }

  /**
   * Returns an outcome that becomes an exception without the secrets of the call that the response
   * repeats. The response is read again without them, because a message may hold part of one.
   */
  private Outcome<R> withoutSecrets(Outcome<R> outcome, RawResponse raw) {
    if (outcome instanceof Outcome.Success) {
      return outcome;
    }
    Secrets secrets = exchange.secrets().addHeaders(raw.headers());
    if (raw.body().length > MAX_SEARCHED_BYTES) {
      return shown(withoutWords(outcome), secrets);
    }
    String body = new String(raw.body(), StandardCharsets.UTF_8);
    Outcome<R> again = outcome;
    if (secrets.isIn(body)) {
      byte[] hidden = secrets.hide(body).getBytes(StandardCharsets.UTF_8);
      again = exchange.reader().apply(new RawResponse(raw.status(), raw.headers(), hidden));
    }
    return again.getClass() == outcome.getClass() ? shown(again, secrets) : shown(outcome, secrets);
  }

  /** Returns an outcome without most of the server's words, because there are too many. */
  private static <R> Outcome<R> withoutWords(Outcome<R> outcome) {
    return outcome instanceof Outcome.Refused<R> refused
        ? new Outcome.Refused<>(refused.status(), refused.message(), Map.of(), refused.retryAfter())
        : Outcome.deliveryUnknown(((NoResponse<R>) outcome).message(), null);
  }

  private static <R> Outcome<R> shown(Outcome<R> outcome, Secrets secrets) {
    if (outcome instanceof Outcome.Refused<R> refused) {
      return new Outcome.Refused<>(
          refused.status(),
          secrets.line(refused.message(), MAX_MESSAGE),
          secrets.hideIn(refused.details()),
          refused.retryAfter());
    }
    if (outcome instanceof NoResponse<R> none) {
      return new NoResponse<>(
          none.failure(),
          none.mayHaveBeenDelivered(),
          secrets.line(none.message(), MAX_MESSAGE),
          secrets.hideIn(none.cause()));
    }
    return outcome;
  }

  /** Returns the time since the start, which only the log needs. */
  private Duration took() {
    return AttemptLog.isOn() ? owner.time().elapsed().minus(start) : Duration.ZERO;
  }
}
