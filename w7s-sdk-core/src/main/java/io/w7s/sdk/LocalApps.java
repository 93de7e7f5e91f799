package io.w7s.sdk;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.config.AppSettings;
import io.w7s.sdk.internal.config.LocalSetting;
import io.w7s.sdk.internal.config.Settings;
import io.w7s.sdk.internal.text.BaseUrl;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.manifest.Manifest;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The URLs and manifests of local apps. Immutable. */
record LocalApps(AppSettings<URI> urls, AppSettings<Manifest> manifests) {

  /** Returns the values from properties, variables and files. Those set in code take precedence. */
  static LocalApps of(Map<AppId, URI> urls, Map<AppId, Manifest> manifests, Settings around) {
    return new LocalApps(
        around.local(LocalSetting.URL, urls, BaseUrl::ofLocalApp),
        around.local(LocalSetting.MANIFEST, manifests, LocalApps::manifest));
  }

  private static Manifest manifest(String path) {
    try {
      return Manifest.read(Path.of(path));
    } catch (InvalidPathException noPath) {
      throw new InvalidInputException("manifest", Names.quoted(path), "the path of a file");
    }
  }

  /** Returns the manifests of all apps that any setting names, and of the given one. */
  Map<AppId, Manifest> manifestsOfAll(AppId own) {
    Set<AppId> known = urls.apps();
    known.addAll(manifests.apps());
    known.add(own);
    return manifests.all(known);
  }
}
