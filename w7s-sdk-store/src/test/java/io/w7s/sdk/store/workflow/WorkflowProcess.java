package io.w7s.sdk.store.workflow;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRunner;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/** One of the processes that {@link KilledWorkflowProcessesTest} kills. */
final class WorkflowProcess {

  static final WorkflowRef<Integer, Integer> CHECKOUT =
      AppRef.of("acme/shop").workflow("checkout", Integer.class, Integer.class);

  static final Duration LEASE = Duration.ofSeconds(2);
  static final Duration POLL = Duration.ofMillis(200);

  private static final long A_WHILE = Duration.ofMillis(20).toNanos();

  private WorkflowProcess() {}

  /** Takes the URL of the database and a name. Begins when it is told to. */
  public static void main(String[] args) throws IOException {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    HikariDataSource pool = Databases.pool(args[0]);
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/shop"))
            .steps(JdbcStepLog.of(pool), settings -> settings.lease(LEASE))
            .on(
                CHECKOUT,
                (run, steps) -> {
                  note(pool, run.instanceId(), args[1]);
                  int one = steps.run("one", Integer.class, WorkflowProcess::work);
                  steps.sleep("wait", Duration.ofMillis(100));
                  return one + steps.run("two", Integer.class, WorkflowProcess::work);
                })
            .build();
    System.out.println("ready");
    for (int read = 0; read != '\n'; read = System.in.read()) {
      if (read < 0) {
        return; // the test has ended
      }
    }
    WorkflowRunner.builder(app).poll(POLL).start();
    while (System.in.read() >= 0) {
      // until the test has ended
    }
    System.exit(0);
  }

  private static int work() {
    LockSupport.parkNanos(A_WHILE); // so that some are held when it is killed
    return 1;
  }

  private static void note(DataSource pool, String instance, String process) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO attempts (instance, process) VALUES (?, ?)")) {
      insert.setString(1, instance);
      insert.setString(2, process);
      insert.executeUpdate();
    }
  }
}
