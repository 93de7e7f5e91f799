package io.w7s.sdk.internal.step;

import io.w7s.sdk.step.StepAction;
import io.w7s.sdk.step.StepOptions;

/**
 * What undoes a step of a run that fails.
 *
 * @param name the name of the step that undoes
 * @param options its options
 * @param action undoes
 */
record Compensation(String name, StepOptions options, StepAction action) {}
