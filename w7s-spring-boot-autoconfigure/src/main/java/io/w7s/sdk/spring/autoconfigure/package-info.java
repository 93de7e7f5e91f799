/** The auto-configuration. Its classes are public only where Spring Boot names them. */
@NullMarked
package io.w7s.sdk.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
