package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.app.AppListener;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.event.EventService;
import io.w7s.sdk.emulator.internal.queue.QueueService;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.internal.workflow.WorkflowService;

/** The services of a platform that the calls of apps go to. */
public record PlatformServices(
    Registry registry,
    RpcService rpc,
    QueueService queues,
    WorkflowService workflows,
    EventService events,
    AppListener listener) {

  void refused(Caller caller, String operation, String target, Refusal refusal) {
    listener.refused(caller, operation, target, refusal.status(), refusal.words());
  }
}
