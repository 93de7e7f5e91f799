package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.emulator.workflow.WorkflowExecution;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells all listeners, also when one of them throws an exception. */
final class Listeners implements PlatformListener {

  private static final Logger log = LoggerFactory.getLogger(Platform.class);

  private final List<PlatformListener> all;

  Listeners(List<PlatformListener> all) {
    this.all = List.copyOf(all);
  }

  private void tell(Consumer<PlatformListener> what) {
    for (PlatformListener listener : all) {
      try {
        what.accept(listener);
      } catch (RuntimeException thrown) {
        log.warn(
            "the platform listener {} threw an exception", listener.getClass().getName(), thrown);
      }
    }
  }

  @Override
  public void deployed(Deployment deployment) {
    tell(listener -> listener.deployed(deployment));
  }

  @Override
  public void removed(AppInstance app) {
    tell(listener -> listener.removed(app));
  }

  @Override
  public void refused(Caller caller, String operation, String target, int status, String why) {
    tell(listener -> listener.refused(caller, operation, target, status, why));
  }

  @Override
  public void responded(
      Caller caller, AppId target, String method, String path, AppResponse response) {
    tell(listener -> listener.responded(caller, target, method, path, response));
  }

  @Override
  public void sent(QueuedMessage message, Duration delay) {
    tell(listener -> listener.sent(message, delay));
  }

  @Override
  public void delivering(List<QueuedMessage> batch) {
    tell(listener -> listener.delivering(batch));
  }

  @Override
  public void delivered(List<QueuedMessage> batch, DeliveryResult delivery) {
    tell(listener -> listener.delivered(batch, delivery));
  }

  @Override
  public void retrying(QueuedMessage next, Instant at) {
    tell(listener -> listener.retrying(next, at));
  }

  @Override
  public void deadLettered(DeadLetter letter) {
    tell(listener -> listener.deadLettered(letter));
  }

  @Override
  public void published(Caller publisher, PublishReceipt receipt) {
    tell(listener -> listener.published(publisher, receipt));
  }

  @Override
  public void started(WorkflowExecution execution) {
    tell(listener -> listener.started(execution));
  }

  @Override
  public void ran(
      WorkflowExecution execution, int attempt, WorkflowStatus status, DeliveryResult delivery) {
    tell(listener -> listener.ran(execution, attempt, status, delivery));
  }

  @Override
  public void fired(
      AppInstance owner, Manifest.Schedule schedule, Instant minute, DeliveryResult delivery) {
    tell(listener -> listener.fired(owner, schedule, minute, delivery));
  }
}
