/** The app's declaration to the platform, w7s.json. */
@NullMarked
package io.w7s.sdk.manifest;

import org.jspecify.annotations.NullMarked;
