/** Stores of large bodies: in files, in a database, or in a bucket of S3 and what speaks S3. */
@NullMarked
package io.w7s.sdk.store.blob;

import org.jspecify.annotations.NullMarked;
