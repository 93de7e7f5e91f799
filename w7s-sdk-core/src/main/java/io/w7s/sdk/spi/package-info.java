/** Extension points of the SDK: transports, the time source, and interceptors of outgoing calls. */
@NullMarked
package io.w7s.sdk.spi;

import org.jspecify.annotations.NullMarked;
