package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import kotlin.jvm.JvmClassMappingKt;
import kotlin.reflect.KClass;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Records how far an attempt has got, which decides what is known after a failure. Written by the
 * thread that makes the attempt and by the thread that ends it.
 */
final class DeliveryTracker extends EventListener {

  /** A lookup by Java class would create a new Kotlin class each time. */
  private static final KClass<DeliveryTracker> TAG =
      JvmClassMappingKt.getKotlinClass(DeliveryTracker.class);

  private volatile boolean begun;
  private volatile boolean ended;
  private volatile boolean connected;
  private volatile boolean http2;
  private volatile boolean writingHead;
  private volatile boolean headWritten;
  private volatile boolean refusedStream;
  private @Nullable Response head;
  private int hiddenStatus;
  private int readTimeoutMillis;

  /** Starts to follow a call that has not begun. */
  void follow(Call call) {
    call.addEventListener(this);
    call.tag(TAG, () -> this);
  }

  static DeliveryTracker of(Call call) {
    DeliveryTracker tracker = call.tag(TAG);
    if (tracker == null) {
      throw new IllegalStateException("the call has no delivery tracker");
    }
    return tracker;
  }

  /** Marks the attempt as begun; returns false when it was ended before. */
  boolean begin() {
    begun = true;
    return !ended;
  }

  /** Marks the attempt as ended; returns whether it had begun, and so notices by itself. */
  boolean end() {
    ended = true;
    return begun;
  }

  /** Limits each read of the response; by default only the whole attempt is limited. */
  void limitReads(Duration longest) {
    long millis = TimeUnit.MILLISECONDS.convert(longest);
    readTimeoutMillis = (int) Math.min(Math.max(millis, 1), Integer.MAX_VALUE);
  }

  /** Returns the limit for each read; zero for none. */
  int readTimeoutMillis() {
    return readTimeoutMillis;
  }

  /** Called for the connection that was established, not for addresses that were only tried. */
  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    connected = true;
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    http2 = connection.protocol() != Protocol.HTTP_1_1;
  }

  @Override
  public void requestHeadersStart(Call call) {
    writingHead = true;
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    headWritten = true;
  }

  @Override
  public void requestFailed(Call call, IOException failure) {
    refusedStream |= isRefusedStream(failure);
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    head = response;
  }

  @Override
  public void responseFailed(Call call, IOException failure) {
    refusedStream |= isRefusedStream(failure);
  }

  /**
   * Returns whether an HTTP/2 server refused the stream without looking at the request, itself or
   * by ending the connection, before or after the request was to be written. OkHttp says so by the
   * text or the class of its exception only; if these ever change, delivery is unknown after such a
   * refusal (decision record 13).
   */
  private static boolean isRefusedStream(IOException failure) {
    return "stream was reset: REFUSED_STREAM".equals(failure.getMessage())
        || failure.getClass().getSimpleName().equals("ConnectionShutdownException");
  }

  /** Returns whether the attempt opened its own connection instead of using a pooled one. */
  boolean isOnNewConnection() {
    return connected;
  }

  /**
   * Returns whether the server may have seen the request. Without its whole head there is no
   * request; but an attempt that was ended while it wrote the head may have written all of it, and
   * in HTTP/2 another thread that uses the connection may have.
   */
  boolean mayHaveBeenDelivered() {
    return !refusedStream && (headWritten || (writingHead && (ended || http2)));
  }

  /** Returns the head of the response as the server sent it; null when none was read. */
  @Nullable Response head() {
    return head;
  }

  /** Keeps a status that OkHttp must not see; see {@link SingleAttempt}. */
  void hideStatus(int status) {
    hiddenStatus = status;
  }

  /** Returns the status that was hidden from OkHttp; zero when none was. */
  int hiddenStatus() {
    return hiddenStatus;
  }
}
