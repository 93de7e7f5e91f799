/**
 * Outgoing calls: the clients behind the interfaces, the pipeline that takes a call through its
 * attempts, and the decisions about retries and rate limits. Not API: anything here may change in
 * any release.
 */
@NullMarked
package io.w7s.sdk.internal.call;

import org.jspecify.annotations.NullMarked;
