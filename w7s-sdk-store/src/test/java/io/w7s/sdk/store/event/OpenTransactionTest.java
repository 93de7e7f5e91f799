package io.w7s.sdk.store.event;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.store.Databases;
import java.sql.Connection;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A transaction that somebody has left open is named in the log. */
class OpenTransactionTest {

  private static final SubjectRef<String> NOTES = SubjectRef.of("notes", String.class);

  private final Logger logger = (Logger) LoggerFactory.getLogger(EventStore.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void endListening() {
    logger.detachAppender(log);
  }

  @ParameterizedTest
  @EnumSource(
      value = Databases.class,
      names = {"POSTGRESQL", "H2"})
  void itsSessionIsNamedOnceItIsOldEnough(Databases database) throws Exception {
    DataSource dataSource = database.dataSource();
    EventStore events = EventStore.of(dataSource);
    try (Connection open = dataSource.getConnection()) {
      open.setAutoCommit(false);
      events.append(open, NOTES, "a note", event -> {});

      events.warnOfOpenTransaction(Duration.ofHours(1));
      assertThat(log.list).isEmpty();

      events.warnOfOpenTransaction(Duration.ZERO);
      String session = events.oldestOpenTransaction().orElseThrow().session();
      assertThat(log.list)
          .singleElement()
          .satisfies(line -> assertThat(line.getLevel()).isEqualTo(Level.WARN))
          .extracting(ILoggingEvent::getFormattedMessage)
          .asString()
          .contains("by session " + session + ":");
      open.rollback();
      open.setAutoCommit(true);
    }
    log.list.clear();
    events.warnOfOpenTransaction(Duration.ZERO);
    assertThat(log.list).isEmpty();
  }
}
