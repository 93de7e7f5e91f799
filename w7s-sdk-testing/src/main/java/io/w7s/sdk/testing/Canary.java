package io.w7s.sdk.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Finds secrets where they do not belong. A test puts its secrets wherever real ones go (tokens,
 * header values, bodies, queries, settings), provokes whatever it likes, and then asks whether one
 * of them is in the log, in an exception, in a journal or in any other text.
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
 * <p>It hears all that is logged at any level, on every thread, from its making until it is closed,
 * and needs Logback for that. Thread-safe.
 */
public final class Canary implements AutoCloseable {

  private final Map<String, String> secrets = new LinkedHashMap<>();
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final Logger root;
  private final @Nullable Level levelBefore;
  private final Appender appender = new Appender();

  private Canary() {
    if (!(LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger logback)) {
      throw new IllegalStateException(
          "Canary hears the log through Logback, and SLF4J is bound to "
              + LoggerFactory.getILoggerFactory().getClass().getName());
    }
    root = logback;
    levelBefore = root.getLevel();
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
    root.setLevel(Level.TRACE);
  }

  /**
   * Begins to hear the log.
   *
   * @throws IllegalStateException when SLF4J does not log through Logback
   */
  public static Canary watchingTheLog() {
    return new Canary();
  }

  /**
   * Returns a secret to be put somewhere: letters, digits and hyphens, so that it looks the same in
   * JSON, in a URL and in a header.
   *
   * @param slot where it is put, to be named when it is found elsewhere; the same slot has the same
   *     secret
   */
  public synchronized String secret(String slot) {
    return secrets.computeIfAbsent(
        slot, name -> "tweety-%d-%08x".formatted(secrets.size() + 1, name.hashCode()));
  }

  /**
   * Checks that no secret is in what was logged so far, nor in these.
   *
   * @param shown exceptions, which are looked at with their causes; of all else its {@code
   *     toString}
   * @throws AssertionError when one is; it names the slot and the place
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
          if (text.contains(secret)) {
            throw new AssertionError("the secret of " + slot + " is in " + where + ": " + text);
          }
        });
  }

  private static String text(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** Stops hearing the log, and gives it back its level. */
  @Override
  public void close() {
    root.detachAppender(appender);
    root.setLevel(levelBefore);
    appender.stop();
  }

  /** Returns the slots; not the secrets, which would be found in it. */
  @Override
  public synchronized String toString() {
    return "Canary" + secrets.keySet();
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
