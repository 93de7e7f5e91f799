package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Hears what the platform does, and changes nothing. Called on the thread that does it, with no
 * lock held, so it must be quick and thread-safe. What it throws is logged and forgotten.
 */
public interface PlatformListener {

  /** An app was deployed, for the first time or again. */
  default void deployed(Deployment deployment) {}

  /** An app was removed. */
  default void removed(AppId app, Environment environment) {}

  /** A call was refused. */
  default void refused(Caller caller, String operation, String target, int status, String why) {}

  /** A backend answered a request from another app. */
  default void answered(Caller caller, AppId target, String method, String path, int status) {}

  /**
   * A message was taken. It goes to its queue right after, unless a {@link EnqueueFault} loses it.
   *
   * @param delay how long its sender has it held back
   */
  default void sent(QueuedMessage message, Duration delay) {}

  /** A batch goes to its consumer. */
  default void delivering(List<QueuedMessage> batch) {}

  /** A batch is back from its consumer. */
  default void delivered(List<QueuedMessage> batch, Delivery delivery) {}

  /** A message will be delivered once more. */
  default void retrying(QueuedMessage next, Instant at) {}

  /** A message was dropped. */
  default void deadLettered(DeadLetter letter) {}

  /** An event was handed to its subscribers' queues. */
  default void published(Caller publisher, PublishReceipt receipt) {}

  /** An instance was started. */
  default void started(WorkflowExecution instance) {}

  /** An instance was run, and is now as the status says. */
  default void ran(WorkflowExecution instance, int attempt, WorkflowStatus status) {}

  /** A schedule fired. */
  default void fired(Caller owner, Manifest.Schedule schedule, Instant minute, Delivery delivery) {}
}
