package io.w7s.sdk.consumption;

import java.util.Collection;

/**
 * Takes the confirmations of a consumer: which messages it has, handled or set aside, so that their
 * sender need not send them again. The outbox of {@code w7s-sdk-store} is one. Implementations are
 * thread-safe.
 */
@FunctionalInterface
public interface Confirmations {

  /**
   * Confirms messages. Confirming one again changes nothing; one that the sender does not know is
   * ignored.
   *
   * @param queue the queue they were delivered on, as {@code owner/repo/name}
   * @param ids of events their ids, of other messages the keys that {@code once(processed, key)}
   *     chose
   */
  void confirm(String queue, Collection<String> ids);
}
