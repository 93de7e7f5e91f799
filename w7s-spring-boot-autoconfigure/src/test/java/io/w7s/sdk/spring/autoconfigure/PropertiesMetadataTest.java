package io.w7s.sdk.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.internal.config.LocalSetting;
import io.w7s.sdk.internal.config.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Editors know all properties, and the starter reads all settings of the SDK. */
class PropertiesMetadataTest {

  private static List<JsonNode> described() throws IOException {
    try (InputStream in =
        W7sProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      var properties = new ArrayList<JsonNode>();
      JsonMapper.shared()
          .readTree(Objects.requireNonNull(in))
          .get("properties")
          .forEach(properties::add);
      return properties;
    }
  }

  @Test
  void theSettingsAreThoseOfTheSdk() {
    var sdk = new ArrayList<>(Arrays.stream(Setting.values()).map(Setting::property).toList());
    sdk.remove(Setting.CONFIG.property()); // Spring's own files take its place

    assertThat(EnvironmentSettings.SDK).containsExactlyInAnyOrderElementsOf(sdk);
    assertThat(EnvironmentSettings.FOR_EACH_APP)
        .containsExactlyElementsOf(
            Arrays.stream(LocalSetting.values())
                .map(each -> each.property(AppId.parse("a/b")).replace(".a/b", ""))
                .toList());
  }

  @Test
  void eachPropertyHasATypeAndADescription() throws Exception {
    var names = new ArrayList<String>();
    for (JsonNode property : described()) {
      names.add(property.get("name").asString());
      String type = property.get("type").asString().replaceFirst("<.*", "");
      assertThat(Class.forName(type)).isNotNull();
      assertThat(property.get("description").asString()).endsWith(".");
    }
    var known = new ArrayList<>(EnvironmentSettings.SDK);
    known.addAll(EnvironmentSettings.FOR_EACH_APP);
    known.addAll(EnvironmentSettings.STARTER);
    assertThat(names).containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void theDefaultsOfTheStarterAreThoseThatAreDescribed() throws IOException {
    W7sProperties bound =
        new Binder(new MapConfigurationPropertySource(Map.of()))
            .bindOrCreate("w7s", W7sProperties.class);
    Map<String, Object> defaults =
        Map.of(
            "w7s.consumers.enabled", bound.consumers().enabled(),
            "w7s.consumers.path", bound.consumers().path(),
            "w7s.observations.enabled", bound.observations().enabled(),
            "w7s.store.migrate", bound.store().migrate());

    for (JsonNode property : described()) {
      String name = property.get("name").asString();
      if (EnvironmentSettings.STARTER.contains(name)) {
        JsonNode described = property.get("defaultValue");
        assertThat(described == null ? "null" : described.asString())
            .as(name)
            .isEqualTo(String.valueOf(defaults.get(name)));
      }
    }
  }

  @Test
  void theGuideHasEachPropertyOfTheStarter() throws IOException {
    String guide = Files.readString(Path.of("../docs/spring.md"));

    assertThat(EnvironmentSettings.STARTER).allSatisfy(name -> assertThat(guide).contains(name));
  }
}
