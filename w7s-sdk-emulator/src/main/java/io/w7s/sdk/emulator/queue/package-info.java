/**
 * The queues of a platform as users see them: settings, messages, dead letters, and the store
 * behind them.
 */
@NullMarked
package io.w7s.sdk.emulator.queue;

import org.jspecify.annotations.NullMarked;
