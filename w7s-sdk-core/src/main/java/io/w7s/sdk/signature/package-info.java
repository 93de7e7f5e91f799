/**
 * Signed requests: what comes in over a network is handled only if the bridge of the app has signed
 * it. {@link io.w7s.sdk.signature.SignedHandler} lets in what is signed, and {@link
 * io.w7s.sdk.signature.RequestSigner} signs. A signature is an HMAC-SHA256 in the manner of
 * Standard Webhooks, over all of a request that counts.
 */
@NullMarked
package io.w7s.sdk.signature;

import org.jspecify.annotations.NullMarked;
