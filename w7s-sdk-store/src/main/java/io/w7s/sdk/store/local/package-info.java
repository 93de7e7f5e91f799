/**
 * Durable queues for local mode: a store that keeps messages in a file. The user brings the SQLite
 * driver, {@code org.xerial:sqlite-jdbc}.
 */
@NullMarked
package io.w7s.sdk.store.local;

import org.jspecify.annotations.NullMarked;
