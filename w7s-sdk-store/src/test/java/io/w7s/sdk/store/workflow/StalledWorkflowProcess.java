package io.w7s.sdk.store.workflow;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRunner;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.workflow.WorkflowRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/** One of the processes that {@link StalledWorkflowProcessesTest} stops for a while. */
final class StalledWorkflowProcess {

  static final WorkflowRef<Integer, Integer> SUM =
      AppRef.of("acme/shop").workflow("sum", Integer.class, Integer.class);

  static final Duration LEASE = Duration.ofSeconds(1);
  static final int STEPS = 3;

  private static final Duration POLL = Duration.ofMillis(200);
  private static final long A_WHILE = Duration.ofMillis(50).toNanos();

  private StalledWorkflowProcess() {}

  /** Takes the URL of the database and a name. */
  public static void main(String[] args) throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    HikariDataSource pool = Databases.pool(args[0]);
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/shop"))
            .steps(JdbcStepLog.of(pool), settings -> settings.lease(LEASE))
            .on(
                SUM,
                (run, steps) -> {
                  int sum = 0;
                  for (int i = 0; i < STEPS; i++) {
                    String step = "step " + i;
                    int value =
                        steps.run(
                            step,
                            Integer.class,
                            () -> {
                              int mine = ThreadLocalRandom.current().nextInt();
                              note(pool, "made", run.instanceId(), step, args[1], mine);
                              LockSupport.parkNanos(A_WHILE); // so that it is stopped in here
                              return mine;
                            });
                    note(pool, "seen", run.instanceId(), step, args[1], value);
                    sum += value;
                  }
                  return sum;
                })
            .build();
    System.out.println("ready");
    WorkflowRunner.builder(app).poll(POLL).start();
    while (System.in.read() >= 0) {
      // until the test has ended
    }
    System.exit(0);
  }

  private static void note(
      DataSource pool, String table, String instance, String step, String process, int value)
      throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?, ?)")) {
      insert.setString(1, instance);
      insert.setString(2, step);
      insert.setString(3, process);
      insert.setInt(4, value);
      insert.executeUpdate();
    }
  }
}
