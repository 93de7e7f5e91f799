package io.w7s.sdk.emulator;

import io.w7s.sdk.emulator.app.AppListener;
import io.w7s.sdk.emulator.queue.QueueListener;
import io.w7s.sdk.emulator.schedule.ScheduleListener;
import io.w7s.sdk.emulator.workflow.WorkflowListener;

/**
 * Observes everything that a platform does. The methods are called on the thread that does it;
 * implementations are thread-safe and return quickly. No lock is held, with one exception: while a
 * listener is called for a deployment or a removal, other deployments wait, so that listeners see
 * deployments in their order. So a listener must not wait for another thread that deploys. An
 * exception that a listener throws is logged and has no other effect.
 */
public interface PlatformListener
    extends AppListener, QueueListener, WorkflowListener, ScheduleListener {}
