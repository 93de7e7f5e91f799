package io.w7s.sdk.store.event;

import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import java.sql.SQLException;

/** The event store of a database that tests share, without what other tests have left. */
final class EmptyStore {

  private EmptyStore() {}

  static EventStore of(Databases database) throws SQLException {
    Sql.execute(
        database.dataSource(),
        "DELETE FROM w7s_outbox",
        "DELETE FROM w7s_outbox_sent",
        "DELETE FROM w7s_event_attribute",
        "DELETE FROM w7s_event");
    return EventStore.of(database.dataSource());
  }
}
