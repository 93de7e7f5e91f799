/** One HTTP attempt over OkHttp. Not API: it may change in any version. */
@NullMarked
package io.w7s.sdk.okhttp;

import org.jspecify.annotations.NullMarked;
