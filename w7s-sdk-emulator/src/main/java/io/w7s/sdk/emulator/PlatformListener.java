package io.w7s.sdk.emulator;

import io.w7s.sdk.emulator.app.AppListener;
import io.w7s.sdk.emulator.queue.QueueListener;
import io.w7s.sdk.emulator.schedule.ScheduleListener;
import io.w7s.sdk.emulator.workflow.WorkflowListener;

/**
 * Is told of everything that a platform does. The methods are called on the thread that does it,
 * with no lock held; implementations are thread-safe and return quickly. An exception that one
 * throws is logged and has no other effect.
 */
public interface PlatformListener
    extends AppListener, QueueListener, WorkflowListener, ScheduleListener {}
