package io.w7s.sdk.okhttp;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.Excerpt;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** One attempt: its call, how far it has got, and what came of it. */
final class Attempt<R> {

  private final HttpAttempts owner;
  private final Exchange<R> exchange;
  private final Duration timeout;
  private final Runnable endedWaiting;
  private final Duration start;
  private final DeliveryTracker progress = new DeliveryTracker();
  private final Deadline deadline;
  private final Call call;

  /**
   * Prepares an attempt.
   *
   * @param endedWaiting runs when it is ended before its call has had its turn
   */
  Attempt(HttpAttempts owner, Exchange<R> exchange, Duration timeout, Runnable endedWaiting) {
    this.owner = owner;
    this.exchange = exchange;
    this.timeout = timeout;
    this.endedWaiting = endedWaiting;
    this.start = AttemptLog.isOn() ? owner.time().elapsed() : Duration.ZERO;
    this.deadline = new Deadline(timeout, this);
    this.call = owner.client().newCall(exchange.http());
    progress.follow(call);
  }

  Call call() {
    return call;
  }

  /** From now on its time runs. */
  void begin() {
    AttemptLog.sending(exchange);
    owner.begun(this);
    deadline.enter();
  }

  /** Nothing of it is under way any more. */
  void finish() {
    deadline.exit();
    owner.finished(this);
  }

  /** Ends it from outside, at once and from any thread. */
  void end() {
    boolean begun = progress.end();
    call.cancel();
    if (!begun) {
      endedWaiting.run();
    }
  }

  /** Reads the whole answer, which ends the attempt. */
  Outcome<R> readWhole(Response response) throws IOException {
    try (response) {
      byte @Nullable [] body = body(response);
      if (body == null) {
        String message =
            exchange.where() + " answered with more than " + owner.mostBodyBytes() + " bytes";
        return noAnswer(Failure.TOO_LARGE, message, null);
      }
      var answer = new RawResponse(response.code(), headers(response), body);
      AttemptLog.answered(exchange, answer.status(), answer.headers(), body, took());
      return exchange.reader().apply(answer);
    } finally {
      finish();
    }
  }

  /** Returns the whole body; null when it is too large. */
  private byte @Nullable [] body(Response response) throws IOException {
    int most = owner.mostBodyBytes();
    if (response.body().contentLength() > most) {
      return null;
    }
    // not as a stream, which would read it through a buffer of 8 KiB made for each answer
    BufferedSource body = response.body().source();
    return body.request(most + 1L) ? null : body.readByteArray();
  }

  /** From now on each read may take as long as all of it may take until the answer's head. */
  void limitReads() {
    progress.longestRead(timeout);
  }

  /** Leaves the answer's body to the caller, who ends the attempt by closing it. */
  Outcome<RpcStream> leaveOpen(Response response) throws IOException {
    deadline.exit();
    try {
      Headers headers = headers(response);
      if (deadline.isOver()) {
        throw new InterruptedIOException("timed out");
      }
      AttemptLog.answered(exchange, response.code(), headers, null, took());
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
      throw new IOException("the answer has a header that is not HTTP", notHttp);
    }
    return headers.build();
  }

  Outcome<R> failed(IOException e) {
    if (owner.isClosed()) {
      return noAnswer(
          Failure.CLOSED, "this W7s was closed during a call to " + exchange.where(), e);
    }
    if (Thread.currentThread().isInterrupted()) {
      return noAnswer(Failure.INTERRUPTED, "interrupted during a call to " + exchange.where(), e);
    }
    boolean delivered = progress.mayHaveBeenDelivered();
    if (deadline.isOver() || e instanceof InterruptedIOException) {
      String what =
          delivered
              ? " did not answer within " + timeout
              : " is not reachable within " + timeout + exchange.advice().get();
      return noAnswer(Failure.TIMED_OUT, exchange.where() + what, e);
    }
    String reason = Excerpt.of(e.getMessage() == null ? e.toString() : e.getMessage());
    return broken(
        delivered
            ? "broke off: " + reason
            : "is not reachable (" + reason + ")" + exchange.advice().get(),
        e);
  }

  private Outcome<R> broken(String what, @Nullable Exception cause) {
    return noAnswer(Failure.BROKEN, exchange.where() + " " + what, cause);
  }

  private Outcome<R> noAnswer(Failure failure, String message, @Nullable Exception cause) {
    var none = new NoResponse<R>(failure, progress.mayHaveBeenDelivered(), message, cause);
    AttemptLog.unanswered(exchange, none, took());
    return none;
  }

  /** Returns what only the log wants to know. */
  private Duration took() {
    return AttemptLog.isOn() ? owner.time().elapsed().minus(start) : Duration.ZERO;
  }
}
