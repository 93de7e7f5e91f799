/** What can go wrong, as one closed family of unchecked exceptions. */
@NullMarked
package io.w7s.sdk.error;

import org.jspecify.annotations.NullMarked;
