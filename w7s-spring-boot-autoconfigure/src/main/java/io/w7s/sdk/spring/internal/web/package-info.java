/** Not API: hands the requests of the application's own server to an app, as they were sent. */
@NullMarked
package io.w7s.sdk.spring.internal.web;

import org.jspecify.annotations.NullMarked;
