package io.w7s.sdk.deploy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.schedule.ScheduleRef;
import java.util.Objects;

/** Classes as users have them. */
final class Apps {

  static final AppRef WORKER = AppRef.of("acme/worker");
  static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);

  private Apps() {}

  static final class Worker {
    static W7sApp app() {
      return W7sApp.builder(WORKER)
          .on(JOBS, message -> {})
          .on(ScheduleRef.of("0 3 * * *", "/nightly"), run -> {})
          .build();
    }
  }

  static final class Field {
    @SuppressWarnings("unused") // found by reflection
    private static final W7sApp APP = W7sApp.builder(WORKER).on(JOBS, message -> {}).build();
  }

  static final class Two {
    static W7sApp first() {
      return W7sApp.builder(WORKER).on(JOBS, message -> {}).build();
    }

    static W7sApp second() {
      return W7sApp.builder(AppRef.of("acme/other")).build();
    }
  }

  static final class None {
    W7sApp notStatic() {
      return Worker.app();
    }
  }

  static final class Null {
    static final W7sApp APP = null;
  }

  static final class Failing {
    static W7sApp app() {
      return Objects.requireNonNull(Null.APP, "no database");
    }
  }

  static final class FailingEarly {
    static final String URL = Objects.requireNonNull(System.getProperty("no such"), "no database");

    static W7sApp app() {
      return Worker.app();
    }
  }

  static final class ThreeQueues {
    static W7sApp app() {
      return W7sApp.builder(WORKER)
          .on(WORKER.queue("a", String.class), message -> {})
          .on(WORKER.queue("b", String.class), message -> {})
          .on(WORKER.queue("c", String.class), message -> {})
          .build();
    }
  }
}
