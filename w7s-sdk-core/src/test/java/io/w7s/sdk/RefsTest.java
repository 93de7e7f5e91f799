package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.schedule.ScheduleRef;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Refs are checked when they are declared, so a wrong name fails at class initialisation and not at
 * the first call.
 */
class RefsTest {

  @Test
  void putsNamesInLowerCase() {
    QueueRef<String> queue = AppRef.of("ACME/Worker").queue("Jobs", String.class);

    assertThat(queue).hasToString("acme/worker/jobs");
    assertThat(queue.consumer()).isEqualTo("/_w7s/queues/jobs");
    assertThat(AppRef.of("acme/worker").workflow("Checkout", String.class, String.class).path())
        .isEqualTo("/_w7s/workflows/checkout");
  }

  @Test
  void isEqualToARefOfTheSameThing() {
    assertThat(AppRef.of("acme/worker").queue("jobs", new TypeRef<List<String>>() {}))
        .isEqualTo(AppRef.of("acme/worker").queue("JOBS", new TypeRef<List<String>>() {}));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "-a", "é", "a/b"})
  void refusesInvalidNames(String name) {
    assertThatThrownBy(() -> AppRef.of("acme/worker").queue(name, String.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("queue name");
    assertThatThrownBy(() -> AppRef.of("acme/worker").workflow(name, String.class, String.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("workflow name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme", "acme/", "/worker", "acme/worker/jobs", ""})
  void refusesAppsThatAreNotOwnerSlashRepo(String app) {
    assertThatThrownBy(() -> AppRef.of(app).queue("jobs", String.class))
        .isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders.*", "orders.>", "", "a..b", ".a", "ü"})
  void refusesSubjectsThatAreNotExact(String subject) {
    assertThatThrownBy(() -> SubjectRef.of(subject, String.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("subject");
  }

  @Test
  void refusesUnknownRpcMethods() {
    TypeRef<String> text = TypeRef.of(String.class);
    assertThat(AppRef.of("acme/worker").rpc("patch", "/x", text, text))
        .hasToString("PATCH acme/worker/x");
    assertThatThrownBy(() -> AppRef.of("acme/worker").rpc("FETCH", "/x", text, text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("RPC method");
  }

  @Test
  void refusesInvalidSchedules() {
    assertThatThrownBy(() -> ScheduleRef.of("@hourly", "/x"))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> ScheduleRef.of("* * * * *", "x"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("schedule path");
  }
}
