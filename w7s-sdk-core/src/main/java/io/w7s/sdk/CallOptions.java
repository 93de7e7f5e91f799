package io.w7s.sdk;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.retry.RetryPolicy;
import java.time.Duration;

/**
 * What can be set on every call. Immutable: each method returns a changed copy.
 *
 * @param headers headers to add; only those of an RPC reach the target
 * @param timeout how long the whole call may take, all attempts and the waits between them;
 *     positive
 * @param attemptTimeout how long one attempt may take; positive
 * @param retry how often a failed attempt is tried again
 * @param duplicatesAllowed whether the work may be done twice: a call whose delivery is unknown is
 *     then tried again
 */
public record CallOptions(
    Headers headers,
    Duration timeout,
    Duration attemptTimeout,
    RetryPolicy retry,
    boolean duplicatesAllowed) {

  private static final CallOptions DEFAULTS =
      new CallOptions(
          Headers.none(),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          RetryPolicy.standard(),
          false);

  /** Checks the ranges. */
  public CallOptions {
    positive("timeout", timeout);
    positive("attemptTimeout", attemptTimeout);
    headers.forEach((name, value) -> refuseReserved(name));
  }

  /**
   * Returns the defaults: 30 s for a call, 10 s for an attempt, {@link RetryPolicy#standard()}, no
   * duplicates.
   */
  public static CallOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with a header set.
   *
   * @throws InvalidInputException when the platform or the connection owns the header: {@code
   *     authorization}, {@code host}, {@code content-length}, {@code x-w7s-*} and the like
   */
  public CallOptions header(String name, String value) {
    return new CallOptions(
        headers.with(name, value), timeout, attemptTimeout, retry, duplicatesAllowed);
  }

  /** Returns these options with another limit for the whole call, retries included. */
  public CallOptions timeout(Duration timeout) {
    return new CallOptions(headers, timeout, attemptTimeout, retry, duplicatesAllowed);
  }

  /** Returns these options with another limit for each attempt. */
  public CallOptions attemptTimeout(Duration attemptTimeout) {
    return new CallOptions(headers, timeout, attemptTimeout, retry, duplicatesAllowed);
  }

  /** Returns these options with another retry policy. */
  public CallOptions retry(RetryPolicy retry) {
    return new CallOptions(headers, timeout, attemptTimeout, retry, duplicatesAllowed);
  }

  /** Returns these options for work that may be done twice. */
  public CallOptions allowDuplicates() {
    return new CallOptions(headers, timeout, attemptTimeout, retry, true);
  }

  private static void positive(String field, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new InvalidInputException(field, duration.toString(), "positive");
    }
  }

  private static void refuseReserved(String name) {
    boolean reserved =
        switch (name) {
          case "authorization",
              "connection",
              "content-length",
              "expect",
              "host",
              "keep-alive",
              "proxy-authenticate",
              "proxy-authorization",
              "proxy-connection",
              "te",
              "trailer",
              "transfer-encoding",
              "upgrade" ->
              true;
          default -> name.startsWith("x-w7s-");
        };
    if (reserved) {
      throw new InvalidInputException(
          "header", name, "a header that neither the platform nor the connection sets itself");
    }
  }

  /** Returns the settings; of the headers only the names. */
  @Override
  public String toString() {
    return "CallOptions[headers=%s, timeout=%s, attemptTimeout=%s, retry=%s, duplicatesAllowed=%s]"
        .formatted(headers, timeout, attemptTimeout, retry, duplicatesAllowed);
  }
}
