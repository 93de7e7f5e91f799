/** W7S apps on one machine: how they reach each other over HTTP, and what serves them. */
@NullMarked
package io.w7s.sdk.local;

import org.jspecify.annotations.NullMarked;
