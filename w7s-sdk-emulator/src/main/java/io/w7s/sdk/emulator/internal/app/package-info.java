/**
 * The deployed apps as the engines see them: who may call what, and how a request reaches a
 * backend.
 */
@NullMarked
package io.w7s.sdk.emulator.internal.app;

import org.jspecify.annotations.NullMarked;
