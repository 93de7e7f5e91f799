/** Retries of failed calls, and rate limits. */
@NullMarked
package io.w7s.sdk.retry;

import org.jspecify.annotations.NullMarked;
