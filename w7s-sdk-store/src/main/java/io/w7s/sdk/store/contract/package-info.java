/**
 * What stores keep, as tests to be extended: for stores of your own, and for the SDK's stores on
 * your database. They need JUnit and AssertJ.
 */
@NullMarked
package io.w7s.sdk.store.contract;

import org.jspecify.annotations.NullMarked;
