/** One app's handlers, declared once, and their dispatch. */
@NullMarked
package io.w7s.sdk.app;

import org.jspecify.annotations.NullMarked;
