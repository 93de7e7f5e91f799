/** Seams for transports, observers and time. For those who extend the SDK. */
@NullMarked
package io.w7s.sdk.spi;

import org.jspecify.annotations.NullMarked;
