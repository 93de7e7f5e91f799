/** The ways into the platform: the HTTP API and the transport of an app in the same JVM. */
@NullMarked
package io.w7s.sdk.emulator.internal.control;

import org.jspecify.annotations.NullMarked;
