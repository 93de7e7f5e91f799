package io.w7s.sdk.internal.config;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.text.Names;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Settings by environment variable, under the names that the platform gives them in a backend. */
final class VariableSource implements SettingSource {

  private static final String OWNER = "W7S_OWNER";
  private static final String REPO = "W7S_REPO";

  private final Map<String, Found> values = new TreeMap<>();

  VariableSource(Map<String, String> variables) {
    variables.forEach(
        (name, value) -> {
          if (name.startsWith(Setting.VARIABLE_PREFIX) && !value.isBlank()) {
            values.put(name, new Found(value.strip(), "variable " + name));
          }
        });
  }

  @Override
  public Optional<Found> find(Setting setting) {
    Found value = values.get(setting.variable());
    return Optional.ofNullable(setting.equals(Setting.APP) ? app(value) : value);
  }

  /** Reads the three variables that name the app; they must tell the same story. */
  private @Nullable Found app(@Nullable Found repository) {
    Found owner = values.get(OWNER);
    Found repo = values.get(REPO);
    if (repository == null && owner == null && repo == null) {
      return null;
    }
    if (repository == null) {
      if (owner == null || repo == null) {
        throw new ConfigurationException(
            "Only %s is set: set %s too, or %s to owner/repo instead."
                .formatted(
                    owner == null ? REPO : OWNER,
                    owner == null ? OWNER : REPO,
                    Setting.APP.variable()));
      }
      return new Found(owner.value() + "/" + repo.value(), "variables " + OWNER + " and " + REPO);
    }
    AppId app = repository.as(AppId::parse);
    requireAgreement(app, repository, owner, value -> new AppId(value, app.repo()));
    requireAgreement(app, repository, repo, value -> new AppId(app.owner(), value));
    return repository;
  }

  private static void requireAgreement(
      AppId app, Found repository, @Nullable Found part, Function<String, AppId> withPart) {
    if (part != null && !part.as(withPart).equals(app)) {
      throw new ConfigurationException(
          "The %s is %s, but the %s is %s: they must name the same app."
              .formatted(
                  part.origin(),
                  Names.quoted(part.value()),
                  repository.origin(),
                  Names.quoted(repository.value())));
    }
  }

  @Override
  public Map<String, Found> local(LocalSetting setting) {
    var local = new LinkedHashMap<>(values);
    local.keySet().removeIf(name -> !setting.isVariable(name));
    return local;
  }
}
