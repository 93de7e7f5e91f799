/**
 * Large messages: a body that is over the limit of the platform is stored as a blob, and the
 * message refers to it (the <i>claim check</i> pattern).
 */
@NullMarked
package io.w7s.sdk.blob;

import org.jspecify.annotations.NullMarked;
