/** Not API: what Spring Boot Actuator shows of the SDK. */
@NullMarked
package io.w7s.sdk.spring.internal.actuator;

import org.jspecify.annotations.NullMarked;
