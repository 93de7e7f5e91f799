/** A command that writes what a Java app needs to be deployed on W7S. */
@NullMarked
package io.w7s.sdk.deploy;

import org.jspecify.annotations.NullMarked;
