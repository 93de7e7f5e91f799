package io.w7s.sdk.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.w7s.sdk.internal.text.Secrets;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Finds secrets where they do not belong. A test puts its secrets where real ones go (tokens,
 * header values, bodies, queries, settings), makes calls succeed and fail, and then checks that
 * none of the secrets is in the log, in an exception, in a journal or in any other text.
 *
 * <pre>{@code
 * try (Canary canary = Canary.watchingTheLog()) {
 *   var failure = catchThrowable(() ->
 *       shop.rpc().call(LOGIN, new Login(canary.secret("body")),
 *           call -> call.header("cookie", canary.secret("cookie"))));
 *   canary.assertKept(failure, shop, w7s.journal());
 * }
 * }</pre>
 *
 * <p>A secret is also found with percent, JSON or HTML escapes, in hexadecimal text, and within
 * Base64 text, standard or URL-safe. A part of a secret is not found.
 *
 * <p>From its creation until it is closed, a canary records all that is logged, at every level and
 * on every thread. It needs Logback for that. Thread-safe.
 */
public final class Canary implements AutoCloseable {

  private final Map<String, Secret> secrets = new LinkedHashMap<>();
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final Logger root;
  private final @Nullable Level levelBefore;
  private final Appender appender = new Appender();

  private Canary() {
    if (!(LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger logback)) {
      throw new IllegalStateException(
          "Canary records the log through Logback, but SLF4J logs through "
              + LoggerFactory.getILoggerFactory().getClass().getName()
              + ": leave only Logback on the test class path");
    }
    root = logback;
    levelBefore = root.getLevel();
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
    root.setLevel(Level.TRACE);
  }

  /**
   * Starts to record the log, and sets the level of its root logger to TRACE.
   *
   * @throws IllegalStateException when SLF4J does not log through Logback
   */
  public static Canary watchingTheLog() {
    return new Canary();
  }

  /**
   * Returns a secret: letters, digits and hyphens, so that it looks the same in JSON, in a URL and
   * in a header.
   *
   * @param slot where the test puts it, which is named if it is found elsewhere; the same slot has
   *     the same secret
   */
  public synchronized String secret(String slot) {
    return secrets
        .computeIfAbsent(
            slot,
            name -> Secret.of("tweety-%d-%08x".formatted(secrets.size() + 1, name.hashCode())))
        .text();
  }

  /**
   * Checks that no secret is in what was logged so far, nor in these objects.
   *
   * @param shown exceptions, which are checked with their causes and suppressed exceptions, and
   *     other objects, whose {@code toString} is checked; nulls are skipped
   * @throws AssertionError if a secret is found; it names the slot and the place
   */
  public void assertKept(@Nullable Object... shown) {
    for (String line : logged) {
      check("the log", line);
    }
    for (Object each : shown) {
      if (each instanceof Throwable thrown) {
        check(thrown.getClass().getName(), text(thrown));
      } else if (each != null) {
        check(each.getClass().getName(), each.toString());
      }
    }
  }

  private synchronized void check(String where, String text) {
    secrets.forEach(
        (slot, secret) -> {
          if (secret.forms().isIn(text)) {
            throw new AssertionError("the secret of " + slot + " is in " + where + ": " + text);
          }
        });
  }

  private static String text(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** Stops recording the log, and restores the level of its root logger. */
  @Override
  public void close() {
    root.detachAppender(appender);
    root.setLevel(levelBefore);
    appender.stop();
  }

  /** Returns the slots. The secrets are left out, so that a canary can be checked, too. */
  @Override
  public synchronized String toString() {
    return "Canary" + secrets.keySet();
  }

  /** A secret, and all forms that it is found in. */
  private record Secret(String text, Secrets forms) {

    static Secret of(String text) {
      return new Secret(text, new Secrets().addValue(text));
    }
  }

  private final class Appender extends AppenderBase<ILoggingEvent> {

    @Override
    protected void append(ILoggingEvent event) {
      var thrown = event.getThrowableProxy();
      logged.add(
          event.getLevel()
              + " "
              + event.getLoggerName()
              + " "
              + event.getFormattedMessage()
              + (thrown == null ? "" : "\n" + ThrowableProxyUtil.asString(thrown)));
    }
  }
}
