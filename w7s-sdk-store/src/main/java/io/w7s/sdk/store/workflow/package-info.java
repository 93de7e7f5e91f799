/** The steps of durable workflows in a database. */
@NullMarked
package io.w7s.sdk.store.workflow;

import org.jspecify.annotations.NullMarked;
