package io.w7s.sdk.manifest;

import org.jspecify.annotations.Nullable;

/**
 * One point in which the manifest that an app's code declares and the one that is deployed differ.
 *
 * @param path where, as a JSON path with the entry's name in place of its number, for example
 *     {@code $.queues[jobs].consumer}; the entry itself, {@code $.queues[jobs]}, when one side
 *     lacks it
 * @param ours what the app declares there, as JSON text; null when nothing
 * @param theirs what the file declares there, as JSON text; null when nothing
 */
public record Difference(String path, @Nullable String ours, @Nullable String theirs) {

  /** Returns a sentence, such as {@code $.queues[a].consumer: the app says "/a", the file ...}. */
  @Override
  public String toString() {
    return path + ": the app says " + said(ours) + ", the file says " + said(theirs);
  }

  private static String said(@Nullable String json) {
    return json == null ? "nothing" : json;
  }
}
