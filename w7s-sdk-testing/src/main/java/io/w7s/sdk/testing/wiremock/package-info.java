/** The platform's HTTP API as WireMock stubs. */
@NullMarked
package io.w7s.sdk.testing.wiremock;

import org.jspecify.annotations.NullMarked;
