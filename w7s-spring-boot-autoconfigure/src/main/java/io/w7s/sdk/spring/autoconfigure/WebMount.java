package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.error.ConfigurationException;

/**
 * Where the application's server serves the app.
 *
 * @param path without a slash at its end
 */
record WebMount(String path) {

  WebMount {
    if (!path.matches("(/[A-Za-z0-9._~-]+)+")) {
      throw new ConfigurationException(
          "Bad w7s.consumers.path: it must be a path such as /w7s, of letters, digits, '.', '_',"
              + " '~' and '-' between slashes, without one at its end.");
    }
  }
}
