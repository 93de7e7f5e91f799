/** A servlet that serves an app in any Jakarta Servlet 6 container. */
@NullMarked
package io.w7s.sdk.servlet;

import org.jspecify.annotations.NullMarked;
