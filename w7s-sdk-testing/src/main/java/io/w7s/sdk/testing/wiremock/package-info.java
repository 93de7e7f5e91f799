/** The platform's HTTP answers as WireMock stubs. */
@NullMarked
package io.w7s.sdk.testing.wiremock;

import org.jspecify.annotations.NullMarked;
