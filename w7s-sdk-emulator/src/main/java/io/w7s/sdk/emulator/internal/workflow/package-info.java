/** The engine of the workflows, from a start down to the app that runs it. */
@NullMarked
package io.w7s.sdk.emulator.internal.workflow;

import org.jspecify.annotations.NullMarked;
