/** How the local transport finds apps, reaches them over HTTP and deploys them. Not API. */
@NullMarked
package io.w7s.sdk.local.internal.transport;

import org.jspecify.annotations.NullMarked;
