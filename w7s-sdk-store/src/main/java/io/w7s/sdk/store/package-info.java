/**
 * The durable parts of the SDK on a database of the user's: PostgreSQL, SQLite or H2. The user
 * brings the driver and the {@code DataSource}; {@link io.w7s.sdk.store.StoreSchema} makes the
 * tables.
 */
@NullMarked
package io.w7s.sdk.store;

import org.jspecify.annotations.NullMarked;
