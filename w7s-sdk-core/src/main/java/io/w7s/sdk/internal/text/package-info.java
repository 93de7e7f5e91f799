/**
 * Names, slugs, path templates and other rules for text. Not API: anything here may change in any
 * release.
 */
@NullMarked
package io.w7s.sdk.internal.text;

import org.jspecify.annotations.NullMarked;
