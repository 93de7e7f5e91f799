/** Not API: finds the annotated methods of beans, and makes handlers of an app of them. */
@NullMarked
package io.w7s.sdk.spring.internal.handler;

import org.jspecify.annotations.NullMarked;
