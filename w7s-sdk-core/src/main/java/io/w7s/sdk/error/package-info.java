/** The exceptions of the SDK: unchecked, with four branches below one root. */
@NullMarked
package io.w7s.sdk.error;

import org.jspecify.annotations.NullMarked;
