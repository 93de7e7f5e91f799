/** What all stores share: statements, dialects and checks of texts. Not API. */
@NullMarked
package io.w7s.sdk.store.internal;

import org.jspecify.annotations.NullMarked;
