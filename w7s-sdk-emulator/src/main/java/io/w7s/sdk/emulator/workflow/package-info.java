/** The workflow executions of a platform as users see them. */
@NullMarked
package io.w7s.sdk.emulator.workflow;

import org.jspecify.annotations.NullMarked;
