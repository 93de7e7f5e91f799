/**
 * Reads and writes JSON, and names the place of what is wrong in it. Not API: anything here may
 * change in any release.
 */
@NullMarked
package io.w7s.sdk.internal.json;

import org.jspecify.annotations.NullMarked;
