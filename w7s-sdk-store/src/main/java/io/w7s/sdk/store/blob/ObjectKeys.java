package io.w7s.sdk.store.blob;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.error.InvalidInputException;
import java.util.regex.Pattern;

/**
 * The keys of blobs in a bucket: a prefix and the blob's id.
 *
 * @param prefix what all keys begin with; ends with a slash
 */
record ObjectKeys(String prefix) {

  static final String DEFAULT_PREFIX = "w7s/blobs/";

  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

  ObjectKeys {
    requireNonNull(prefix, "prefix");
    if (!prefix.endsWith("/")) {
      throw new InvalidInputException("prefix", "a text without a slash at its end", "a folder/");
    }
  }

  String of(BlobRef blob) {
    return prefix + blob.id();
  }

  /** Returns whether an object is a blob of this store. Others are none of its business. */
  boolean isBlob(String key) {
    return key.startsWith(prefix) && ID.matcher(key.substring(prefix.length())).matches();
  }
}
