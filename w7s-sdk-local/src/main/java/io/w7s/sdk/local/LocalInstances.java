package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.Slugs;
import io.w7s.sdk.spi.Operation.RpcAnswer;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.Output;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The newest workflow instances that were started here. Thread-safe. */
final class LocalInstances {

  static final int MOST = 1000;

  private static final int LONGEST_ID = 40;
  private static final int LONGEST_OUTPUT = 65_536;

  private final Map<String, WorkflowInstance> byId =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, WorkflowInstance> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Returns an instance's full id, {@code <environment>-<owner>-<repo>-<workflow>-<id>}, each part
   * in the characters {@code a-z 0-9 -}, the last one cut to 40.
   *
   * @throws InvalidInputException when nothing is left of the last part
   */
  static String id(Environment environment, AppId app, String workflow, String id) {
    String slug = Slugs.environment("workflow instance id", id);
    String cut = slug.length() > LONGEST_ID ? slug.substring(0, LONGEST_ID) : slug;
    return String.join("-", environment.name(), app.owner(), app.repo(), workflow, cut)
        .replace('.', '-')
        .replace('_', '-');
  }

  /** Remembers an instance as running; returns the one of this id where there is one already. */
  synchronized @Nullable WorkflowInstance begin(String id) {
    return byId.putIfAbsent(id, new WorkflowInstance(id, WorkflowStatus.of(State.RUNNING)));
  }

  WorkflowInstance completed(String id, RpcAnswer answer) {
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    var output =
        new Output(
            answer.status(),
            answer.headers().first("content-type").orElse(""),
            body.length() > LONGEST_OUTPUT ? body.substring(0, LONGEST_OUTPUT) : body);
    return ended(id, new WorkflowStatus(State.COMPLETE, Optional.of(output), Optional.empty()));
  }

  WorkflowInstance errored(String id, String reason) {
    return ended(id, new WorkflowStatus(State.ERRORED, Optional.empty(), Optional.of(reason)));
  }

  private synchronized WorkflowInstance ended(String id, WorkflowStatus status) {
    var instance = new WorkflowInstance(id, status);
    byId.put(id, instance);
    return instance;
  }

  /**
   * Forgets an instance of which it is not known that it began, so that it can be started again.
   */
  synchronized void forget(String id) {
    byId.remove(id);
  }

  synchronized @Nullable WorkflowInstance find(String id) {
    return byId.get(id);
  }
}
