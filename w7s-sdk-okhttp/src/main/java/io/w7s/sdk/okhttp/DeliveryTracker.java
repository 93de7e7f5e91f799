package io.w7s.sdk.okhttp;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import kotlin.jvm.JvmClassMappingKt;
import kotlin.reflect.KClass;
import okhttp3.Call;
import okhttp3.EventListener;

/**
 * How far an attempt has got, which decides what is known after a failure. Written by the thread
 * that the attempt runs on, and by the one that ends it.
 */
final class DeliveryTracker extends EventListener {

  /** Asked for by its Java class, OkHttp would make one of these each time. */
  private static final KClass<DeliveryTracker> TAG =
      JvmClassMappingKt.getKotlinClass(DeliveryTracker.class);

  private volatile boolean begun;
  private volatile boolean ended;
  private volatile boolean connecting;
  private volatile boolean writing;
  private int status;
  private int longestReadMillis;

  /** Follows a call that has not begun. */
  void follow(Call call) {
    call.addEventListener(this);
    call.tag(TAG, () -> this);
  }

  static DeliveryTracker of(Call call) {
    DeliveryTracker progress = call.tag(TAG);
    if (progress == null) {
      throw new IllegalStateException("a call without its progress");
    }
    return progress;
  }

  /** Its turn has come; returns false when it was ended before. */
  boolean begin() {
    begun = true;
    return !ended;
  }

  /** Ends it; returns whether its turn had come, so that it will notice. */
  boolean end() {
    ended = true;
    return begun;
  }

  /** Sets the limit for each read of the answer; zero for none. */
  void longestRead(Duration longest) {
    longestReadMillis = (int) Math.min(longest.toMillis() + 1, Integer.MAX_VALUE);
  }

  int longestReadMillis() {
    return longestReadMillis;
  }

  // With a client that tries several addresses at a time this is not the attempt's own thread.
  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    connecting = true;
  }

  @Override
  public void requestHeadersStart(Call call) {
    writing = true;
  }

  /** The far side has not looked at what was written. */
  void refusedUnseen() {
    writing = false;
  }

  /** Returns whether it has a connection of its own, not one that was used before. */
  boolean isOnNewConnection() {
    return connecting;
  }

  /** Returns whether the far side may have seen something of the request. */
  boolean mayHaveBeenDelivered() {
    return writing;
  }

  /** Keeps the status, which OkHttp does not get to see; see {@link SingleAttempt}. */
  void answered(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }
}
