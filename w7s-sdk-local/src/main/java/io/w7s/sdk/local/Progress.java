package io.w7s.sdk.local;

import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.EventListener;

/**
 * How far an attempt has got, which decides what is known after a failure. Written and read by the
 * one thread that the attempt runs on.
 */
final class Progress extends EventListener {

  private boolean connecting;
  private boolean writing;
  private int status;

  static Progress of(okhttp3.Request request) {
    Progress progress = request.tag(Progress.class);
    if (progress == null) {
      throw new IllegalStateException("a request without its progress");
    }
    return progress;
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    connecting = true;
  }

  @Override
  public void requestHeadersStart(Call call) {
    writing = true;
  }

  /** Returns whether it has a connection of its own, not one that was used before. */
  boolean isOnNewConnection() {
    return connecting;
  }

  /** Returns whether the far side may have seen something of the request. */
  boolean mayHaveBeenDelivered() {
    return writing;
  }

  /** Keeps the status, which OkHttp does not get to see; see {@link OneAttempt}. */
  void answered(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }
}
