/**
 * Values by key, with versions and times to live: {@link io.w7s.sdk.store.keyvalue.KeyValueStore}.
 */
@NullMarked
package io.w7s.sdk.store.keyvalue;

import org.jspecify.annotations.NullMarked;
