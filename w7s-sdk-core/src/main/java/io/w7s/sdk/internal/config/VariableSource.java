package io.w7s.sdk.internal.config;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.SafeText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Settings by environment variable, under the names that the platform gives them in a backend. */
final class VariableSource implements SettingSource {

  static final String OWNER = "W7S_OWNER";
  static final String REPO = "W7S_REPO";

  private static final Pattern PAIR_END = Pattern.compile("[,\\r\\n]");

  private final Map<String, Found> values = new TreeMap<>();

  /**
   * Keeps the variables of the SDK. Others that begin with {@code W7S_} are left alone, because the
   * platform may add its own.
   *
   * @throws ConfigurationException when an unknown name is so close to a known one that it must be
   *     a mistake
   */
  VariableSource(Map<String, String> variables) {
    variables.forEach(
        (name, value) -> {
          NearestName.ofMistakenVariable(name)
              .ifPresent(
                  nearest -> {
                    throw new ConfigurationException(
                        "Unknown variable %s. Its name is close to %s: use that, or rename it."
                            .formatted(SafeText.of(name), nearest));
                  });
          if (name.startsWith(Setting.VARIABLE_PREFIX) && !value.isBlank()) {
            values.put(name, new Found(value.strip(), "variable " + SafeText.of(name)));
          }
        });
  }

  @Override
  public Optional<Found> find(Setting setting) {
    Found value = values.get(setting.variable());
    return Optional.ofNullable(setting == Setting.APP ? app(value) : value);
  }

  /** Reads the three variables that name the app; they must name the same one. */
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
    var local = new LinkedHashMap<String, Found>();
    addListed(setting, local);
    values.forEach(
        (name, found) -> {
          if (setting.isVariable(name)) {
            local.put(name, found);
          }
        });
    return local;
  }

  /** Reads {@code owner/repo=value} pairs, with a comma or a line break between them. */
  private void addListed(LocalSetting setting, Map<String, Found> local) {
    Found list = values.get(setting.listVariable());
    if (list == null) {
      return;
    }
    for (String pair : PAIR_END.split(list.value(), -1)) {
      if (pair.isBlank()) {
        continue;
      }
      int equals = pair.indexOf('=');
      if (equals < 0 || pair.substring(equals + 1).isBlank()) {
        // Without the text, because a URL may hold a password.
        throw new ConfigurationException(
            "Bad %s: an entry is no owner/repo=value pair. Separate pairs by commas."
                .formatted(list.origin()));
      }
      AppId app = new Found(pair.substring(0, equals).strip(), list.origin()).as(AppId::parse);
      Found found =
          new Found(
              pair.substring(equals + 1).strip(), "entry %s of %s".formatted(app, list.origin()));
      Found other = local.putIfAbsent(setting.property(app), found);
      if (other != null && !other.value().equals(found.value())) {
        throw new ConfigurationException(
            "The %s has two entries for %s. Remove one of them.".formatted(list.origin(), app));
      }
    }
  }
}
