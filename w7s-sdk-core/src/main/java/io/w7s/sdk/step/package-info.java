/**
 * Durable workflows: their steps are remembered in a {@link io.w7s.sdk.step.StepLog}, so that a run
 * goes on behind its last finished step after a crash, and waits without holding a process.
 */
@NullMarked
package io.w7s.sdk.step;

import org.jspecify.annotations.NullMarked;
