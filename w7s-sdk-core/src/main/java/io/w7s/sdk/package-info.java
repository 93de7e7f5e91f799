/**
 * The facade of the SDK, its configuration, and the names and values that all its packages share.
 */
@NullMarked
package io.w7s.sdk;

import org.jspecify.annotations.NullMarked;
