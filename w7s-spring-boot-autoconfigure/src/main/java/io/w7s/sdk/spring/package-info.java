/**
 * W7S in a Spring application: what its beans may implement to change what the starter sets up, and
 * the annotations of handlers.
 */
@NullMarked
package io.w7s.sdk.spring;

import org.jspecify.annotations.NullMarked;
