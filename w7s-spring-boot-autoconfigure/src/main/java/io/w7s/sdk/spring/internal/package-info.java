/** Not API. */
@NullMarked
package io.w7s.sdk.spring.internal;

import org.jspecify.annotations.NullMarked;
