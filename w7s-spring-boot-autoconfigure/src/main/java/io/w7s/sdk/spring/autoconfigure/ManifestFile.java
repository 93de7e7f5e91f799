package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.manifest.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

/**
 * The {@code w7s.json} that is deployed.
 *
 * @param name where it was found, for a reader
 */
record ManifestFile(Manifest manifest, String name) {

  private static final List<String> USUAL = List.of("classpath:w7s.json", "file:w7s.json");

  /** One byte more than a manifest may have, so that a larger one is refused. */
  private static final int AT_MOST = (1 << 20) + 1;

  /**
   * Reads the file.
   *
   * @param location where it is; null for the usual places
   * @return null when no place was given and there is none
   */
  static @Nullable ManifestFile find(ResourceLoader resources, @Nullable String location) {
    if (location != null) {
      return read(resources.getResource(location), location);
    }
    for (String usual : USUAL) {
      Resource resource = resources.getResource(usual);
      if (resource.exists()) {
        return read(resource, usual);
      }
    }
    return null;
  }

  private static ManifestFile read(Resource resource, String location) {
    try (InputStream in = resource.getInputStream()) {
      return new ManifestFile(Manifest.parse(in.readNBytes(AT_MOST)), location);
    } catch (IOException e) {
      throw new ConfigurationException(
          "No manifest at %s: set w7s.manifest to where the w7s.json is.".formatted(location), e);
    }
  }
}
