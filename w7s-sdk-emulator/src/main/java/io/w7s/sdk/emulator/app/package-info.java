/**
 * What is deployed to a platform: apps, their tokens, their limits, and the results of deliveries
 * to them.
 */
@NullMarked
package io.w7s.sdk.emulator.app;

import org.jspecify.annotations.NullMarked;
