package io.w7s.sdk.emulator.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.event.PublishReceipt;

/** Observes deployments, and the calls that apps make. */
public interface AppListener {

  /** Called after an app was deployed, for the first time or again. */
  default void deployed(Deployment deployment) {}

  /** Called after an app was removed. */
  default void removed(AppInstance app) {}

  /** Called after a call was refused. */
  default void refused(Caller caller, String operation, String target, int status, String why) {}

  /** Called after a backend responded to a request from another app. */
  default void responded(
      Caller caller, AppId target, String method, String path, AppResponse response) {}

  /** Called after an event was handed to the queues of its subscribers. */
  default void published(Caller publisher, PublishReceipt receipt) {}
}
