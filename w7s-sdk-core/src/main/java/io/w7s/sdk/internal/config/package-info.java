/**
 * Settings, where they come from, and which transport serves them. Not API: anything here may
 * change in any release.
 */
@NullMarked
package io.w7s.sdk.internal.config;

import org.jspecify.annotations.NullMarked;
