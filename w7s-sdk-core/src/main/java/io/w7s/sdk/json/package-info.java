/** Codecs between Java types and JSON. */
@NullMarked
package io.w7s.sdk.json;

import org.jspecify.annotations.NullMarked;
